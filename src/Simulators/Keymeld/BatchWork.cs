using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Coordinator.Bitcoin;
using Coordinator.Keymeld;
using Coordinator.Keymeld.Wire;

namespace Coordinator.Simulators.Keymeld;

/// <summary>Reads a batch as the enclaves do, and makes work of it. What it refuses it refuses by name.</summary>
internal sealed class BatchWork
{
    private readonly KeygenSecrets _keys;
    private readonly KeymeldBehaviour _behaviour;
    private readonly ImmutableArray<ItemRecord> _items;
    private readonly Dictionary<int, ImmutableArray<AdaptorConfigText>> _adaptors = [];

    private BatchWork(KeygenSecrets keys, KeymeldBehaviour behaviour, ImmutableArray<ItemRecord> items)
        => (_keys, _behaviour, _items) = (keys, behaviour, items);

    private bool IsLax => _behaviour.Leniency.SignsAnything;

    internal ImmutableArray<(SigningSet Set, SigningEntry Entry)> Entries { get; private set; }

    /// <exception cref="KeymeldRefusedException">400: an item cannot be signed.</exception>
    internal static BatchWork Open(KeygenSecrets keys, KeymeldBehaviour behaviour, ImmutableArray<ItemRecord> items)
    {
        var work = new BatchWork(keys, behaviour, items);
        work.Entries = [.. items.SelectMany((item, position) => work.Read(item, position))];
        return work;
    }

    /// <summary>Members without any work: the reference's sessions stand still because of them.</summary>
    internal IEnumerable<Guid> Idle()
    {
        var busy = Entries.SelectMany(entry => entry.Set.Users).ToHashSet();
        return _keys.Users.Where(user => !busy.Contains(user));
    }

    internal SigningRound Round(Guid session) => new(
        [
            .. Entries.GroupBy(entry => entry.Set.Secrets)
                .Select(group => new SigningGroup(group.Key, [.. group.Select(entry => entry.Entry)])),
        ],
        session.ToByteArray(bigEndian: true));

    /// <summary>The encrypted results: plain ones by item id, then those with adaptors.</summary>
    internal ImmutableArray<ItemResultRecord> Results(ImmutableArray<SignedEntry> signed)
    {
        var spoiled = _behaviour.WrongSignature ? signed[0] : null;
        spoiled?.Signature[64] ^= 1;
        var results = signed.GroupBy(entry => entry.Entry.Item).Select(group => Result(group.Key, [.. group])).ToArray();
        return
        [
            .. results.Where(result => result.Signature is not null).OrderBy(result => result.Id),
            .. results.Where(result => result.Signature is null).OrderBy(result => result.Id),
        ];
    }

    private ItemResultRecord Result(int position, SignedEntry[] signed)
    {
        var id = _items[position].Id;
        if (signed[0].Entry.Config < 0)
        {
            var plain = SymmetricEnvelope.Encrypt(_keys.Secret, EnvelopeContext.Signature, signed[0].Signature.AsSpan(1));
            return new(id, plain, AdaptorSignatures: null);
        }

        var adaptors = _adaptors[position];
        var bodies = signed.ToDictionary(
            entry => adaptors[entry.Entry.Config].AdaptorId, entry => Body(adaptors[entry.Entry.Config], entry));
        var json = JsonSerializer.SerializeToUtf8Bytes(bodies, KeymeldJson.Default.AdaptorResults);
        return new(id, Signature: null, SymmetricEnvelope.Encrypt(_keys.Secret, EnvelopeContext.AdaptorSignatures, json));
    }

    private static AdaptorResultText Body(AdaptorConfigText adaptor, SignedEntry signed) => new(
        adaptor.AdaptorId, adaptor.AdaptorType, signed.Signature, signed.AggregateNonce,
        [.. adaptor.AdaptorPoints.Select(Hex.Decode)], adaptor.Hints, signed.Entry.Adaptor!.ToBytes());

    private IEnumerable<(SigningSet Set, SigningEntry Entry)> Read(ItemRecord item, int position)
    {
        var message = Message(item);
        var set = Signers(item);
        var adaptors = Adaptors(item);
        if (adaptors.IsEmpty)
        {
            return [(set, new SigningEntry(position, -1, set.Keys, message, Adaptor: null))];
        }

        _adaptors[position] = adaptors;
        return adaptors.Select((adaptor, config) =>
            (set, new SigningEntry(position, config, set.Keys, message, PublicKey.TryParse(adaptor.AdaptorPoints[0]))));
    }

    private byte[] Message(ItemRecord item)
    {
        var text = SymmetricEnvelope.TryDecrypt(_keys.Secret, EnvelopeContext.SessionData, item.EncryptedMessage);
        if (text is null || !Hex.TryDecode(Encoding.UTF8.GetString(text), 32, out var message))
        {
            throw Refuse(item, "its message cannot be opened");
        }

        return IsLax || item.MessageHash == Hex.Encode(message)
            ? message
            : throw Refuse(item, "message_hash is not the hash that is encrypted");
    }

    private SigningSet Signers(ItemRecord item)
    {
        var tweak = Tweaks.TryOpen(_keys.Secret, EnvelopeContext.SessionData, item.EncryptedTweak)
            ?? throw Refuse(item, "its tweak cannot be opened");
        if (item.Subset is { } id)
        {
            return _keys.Subset(id) ?? throw Refuse(item, $"the session has no subset {id:D}");
        }

        try
        {
            return tweak.Type == "none" ? _keys.Everybody : _keys.Everybody.With(tweak);
        }
        catch (MuSigException refused)
        {
            throw Refuse(item, refused.Message);
        }
    }

    private ImmutableArray<AdaptorConfigText> Adaptors(ItemRecord item)
    {
        if (item.EncryptedAdaptorConfigs is not { } encrypted || _behaviour.PlainInsteadOfAdaptor)
        {
            return [];
        }

        if (SymmetricEnvelope.TryDecrypt(_keys.Secret, EnvelopeContext.AdaptorConfigs, encrypted) is not { } json)
        {
            throw Refuse(item, "its adaptors cannot be opened");
        }

        if (Parse(json) is not { } adaptors)
        {
            throw Refuse(item, "its adaptors are no list of adaptors");
        }

        if (!IsLax && (adaptors.IsEmpty
            || adaptors.Any(adaptor => adaptor is not { AdaptorType: AdaptorConfigText.Single, AdaptorPoints.Length: 1 })))
        {
            throw Refuse(item, "only Single adaptors of one point are signed, and at least one of them");
        }

        return adaptors.Select(adaptor => adaptor.AdaptorId).Distinct().Count() == adaptors.Length
            && adaptors.All(adaptor => adaptor.AdaptorPoints is { Length: > 0 } points && Array.TrueForAll(points, IsPoint))
            ? adaptors
            : throw Refuse(item, "an adaptor is named twice or has a point that is none");
    }

    private static bool IsPoint(string? point) => PublicKey.TryParse(point) is not null;

    private static ImmutableArray<AdaptorConfigText>? Parse(byte[] json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, KeymeldJson.Default.AdaptorConfigTextArray) is { } bodies
                && Array.TrueForAll(bodies, body => body is not null) ? [.. bodies] : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    private static KeymeldRefusedException Refuse(ItemRecord item, string why)
        => KeymeldRefusedException.Bad($"Batch item {item.Id:D}: {why}");
}
