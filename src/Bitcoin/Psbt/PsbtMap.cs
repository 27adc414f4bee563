namespace Coordinator.Bitcoin;

/// <summary>
/// The key-value pairs of one PSBT map, unknown ones included, in the order they are written: as they were read; a new pair goes behind
/// the last one whose type is not greater. Not for use by several threads at once.
/// </summary>
public sealed class PsbtMap
{
    private readonly List<Pair> _pairs = [];
    private readonly Dictionary<string, int> _index = new(StringComparer.Ordinal);

    public int Count => _pairs.Count;

    /// <summary>Every pair: the key with its type in front, and the value.</summary>
    public IEnumerable<(ReadOnlyMemory<byte> Key, ReadOnlyMemory<byte> Value)> Pairs
        => _pairs.Select(pair => ((ReadOnlyMemory<byte>)pair.Key, (ReadOnlyMemory<byte>)pair.Value));

    /// <summary>The value of a key, or null where there is none.</summary>
    /// <param name="type">The key's type.</param>
    /// <param name="keyData">What follows the type in the key.</param>
    public byte[]? Find(byte type, ReadOnlySpan<byte> keyData = default)
        => _index.TryGetValue(Name([type, .. keyData]), out var at) ? (byte[])_pairs[at].Value.Clone() : null;

    /// <summary>All pairs of one type in their order: key without type, and value.</summary>
    public IEnumerable<(byte[] KeyData, byte[] Value)> All(byte type)
        => _pairs.Where(pair => pair.Type == type).Select(pair => (pair.Key[1..], (byte[])pair.Value.Clone()));

    /// <summary>Adds or replaces a pair.</summary>
    public void Set(byte type, ReadOnlySpan<byte> keyData, ReadOnlySpan<byte> value) => Set([type, .. keyData], value.ToArray());

    /// <summary>Removes every pair of the types given.</summary>
    public void Remove(params ReadOnlySpan<byte> types)
    {
        for (var i = _pairs.Count - 1; i >= 0; i--)
        {
            if (_pairs[i].Type <= byte.MaxValue && types.Contains((byte)_pairs[i].Type))
            {
                _pairs.RemoveAt(i);
            }
        }

        Reindex();
    }

    internal static PsbtMap Read(ref WireReader reader)
    {
        var map = new PsbtMap();
        while (true)
        {
            var at = reader.Position;
            var key = reader.ReadVarBytes();
            if (key.IsEmpty)
            {
                return map;
            }

            var value = reader.ReadVarBytes();
            if (!map._index.TryAdd(Name(key), map._pairs.Count))
            {
                throw new BitcoinFormatException($"the PSBT has the key at offset {at} twice in one map");
            }

            map._pairs.Add(new Pair(key.ToArray(), value.ToArray(), TypeOf(key)));
        }
    }

    internal void Write(WireWriter writer)
    {
        foreach (var pair in _pairs)
        {
            writer.VarBytes(pair.Key).VarBytes(pair.Value);
        }

        writer.Byte(0);
    }

    /// <summary>Adds the pairs of another map whose keys are not here, in one pass.</summary>
    internal void Merge(PsbtMap other)
    {
        var added = other._pairs.Where(pair => !_index.ContainsKey(Name(pair.Key))).OrderBy(pair => pair.Type).ToList();
        if (added.Count == 0)
        {
            return;
        }

        // the least type from each pair to the end: a new pair goes in front of the first place where that is greater than its own
        var least = new ulong[_pairs.Count];
        for (var i = least.Length - 1; i >= 0; i--)
        {
            least[i] = i == least.Length - 1 ? _pairs[i].Type : Math.Min(least[i + 1], _pairs[i].Type);
        }

        var (merged, place) = (new List<Pair>(_pairs.Count + added.Count), 0);
        foreach (var pair in added)
        {
            for (; place < least.Length && least[place] <= pair.Type; place++)
            {
                merged.Add(_pairs[place]);
            }

            merged.Add(pair);
        }

        merged.AddRange(_pairs.Skip(place));
        _pairs.Clear();
        _pairs.AddRange(merged);
        Reindex();
    }

    private void Set(byte[] key, byte[] value)
    {
        if (_index.TryGetValue(Name(key), out var at))
        {
            _pairs[at] = _pairs[at] with { Value = value };
            return;
        }

        var type = TypeOf(key);
        var place = _pairs.FindLastIndex(pair => pair.Type <= type) + 1;
        _pairs.Insert(place, new Pair(key, value, type));
        Reindex(place);
    }

    private void Reindex(int from = 0)
    {
        if (from == 0)
        {
            _index.Clear();
        }

        for (var i = from; i < _pairs.Count; i++)
        {
            _index[Name(_pairs[i].Key)] = i;
        }
    }

    private static string Name(ReadOnlySpan<byte> key) => Convert.ToHexString(key);

    /// <summary>The type is a compact size (BIP-174).</summary>
    private static ulong TypeOf(ReadOnlySpan<byte> key)
    {
        var reader = new WireReader(key);
        return reader.ReadCompactSize();
    }

    private sealed record Pair(byte[] Key, byte[] Value, ulong Type);
}
