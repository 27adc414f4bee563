using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Coordinator.Bitcoin;

namespace Coordinator.Nostr;

/// <summary>A NIP-01 event. Immutable. Holding one says nothing about its signature: call <see cref="Verify"/>.</summary>
public sealed class NostrEvent
{
    internal NostrEvent(
        string id,
        XOnlyPublicKey publicKey,
        long createdAt,
        int kind,
        ImmutableArray<ImmutableArray<string>> tags,
        string content,
        string signature)
    {
        Id = id;
        PublicKey = publicKey;
        CreatedAt = createdAt;
        Kind = kind;
        Tags = tags;
        Content = content;
        Signature = signature;
    }

    /// <summary>The stated id: 64 lower-case hex digits. <see cref="Verify"/> compares it with the computed one.</summary>
    public string Id { get; }

    /// <summary>The author.</summary>
    public XOnlyPublicKey PublicKey { get; }

    /// <summary>Unix seconds, 0 or more; may be absurdly large.</summary>
    public long CreatedAt { get; }

    /// <summary>0 to 65 535.</summary>
    public int Kind { get; }

    /// <summary>Tags in order; a tag has at least one element.</summary>
    public ImmutableArray<ImmutableArray<string>> Tags { get; }

    public string Content { get; }

    /// <summary>The BIP-340 signature over the id: 128 lower-case hex digits.</summary>
    public string Signature { get; }

    /// <summary>Makes and signs an event.</summary>
    /// <param name="key">The author's key.</param>
    /// <param name="createdAt">Unix seconds, 0 or more.</param>
    /// <param name="kind">0 to 65 535.</param>
    /// <param name="tags">Each with at least one element.</param>
    /// <param name="content">Any text without lone surrogates.</param>
    public static NostrEvent Sign(SecretKey key, long createdAt, int kind, ImmutableArray<ImmutableArray<string>> tags, string content)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentOutOfRangeException.ThrowIfNegative(createdAt);
        ArgumentOutOfRangeException.ThrowIfNegative(kind);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(kind, ushort.MaxValue);
        var id = SHA256.HashData(Canonical(key.XOnly, createdAt, kind, tags, content));
        return new(Hex.Encode(id), key.XOnly, createdAt, kind, tags, content, Hex.Encode(Secp256k1.SchnorrSign(key, id)));
    }

    /// <summary>Reads one event. Limits are checked before decoding; duplicate members are refused, unknown members are skipped.</summary>
    /// <exception cref="NostrFormatException"><see cref="NostrProblem.TooLong"/>, <see cref="NostrProblem.InvalidJson"/>
    /// or <see cref="NostrProblem.InvalidEvent"/>.</exception>
    public static NostrEvent Parse(ReadOnlySpan<byte> utf8Json, int maximumBytes = NostrEventReader.DefaultMaximumBytes)
        => NostrEventReader.Read(utf8Json, maximumBytes);

    /// <summary>The event, or null for anything that is none.</summary>
    public static NostrEvent? TryParse(ReadOnlySpan<byte> utf8Json, int maximumBytes = NostrEventReader.DefaultMaximumBytes)
    {
        try
        {
            return NostrEventReader.Read(utf8Json, maximumBytes);
        }
        catch (NostrFormatException)
        {
            return null;
        }
    }

    /// <summary>The id by its definition: SHA-256 of the canonical serialisation, 32 bytes.</summary>
    public byte[] ComputeId() => SHA256.HashData(Canonical(PublicKey, CreatedAt, Kind, Tags, Content));

    /// <summary>True where the stated id is the computed one.</summary>
    public bool HasValidId() => Hex.Encode(ComputeId()) == Id;

    /// <summary>True where the signature is the author's over the stated id, whatever that id is.</summary>
    public bool HasValidSignature() => Secp256k1.SchnorrVerify(PublicKey, Hex.Decode(Id), Hex.Decode(Signature));

    /// <summary>True where id and signature are both right.</summary>
    public bool Verify() => HasValidId() && HasValidSignature();

    /// <summary>The bytes that are hashed: <c>[0,pubkey,created_at,kind,tags,content]</c> in UTF-8 without blanks (NIP-01).</summary>
    public byte[] CanonicalBytes() => Canonical(PublicKey, CreatedAt, Kind, Tags, Content);

    /// <summary>The event as compact UTF-8 JSON, members in the order of NIP-01.</summary>
    public byte[] ToJson()
    {
        var text = new StringBuilder(256 + Content.Length);
        text.Append("{\"id\":\"").Append(Id).Append("\",\"pubkey\":\"").Append(PublicKey.ToHex()).Append("\",\"created_at\":")
            .Append(CreatedAt.ToString(CultureInfo.InvariantCulture)).Append(",\"kind\":")
            .Append(Kind.ToString(CultureInfo.InvariantCulture)).Append(",\"tags\":");
        AppendTags(text, Tags, forWire: true);
        text.Append(",\"content\":");
        AppendString(text, Content, forWire: true);
        text.Append(",\"sig\":\"").Append(Signature).Append("\"}");
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    public override string ToString() => $"nostr event {Id} of kind {Kind}";

    private static byte[] Canonical(
        XOnlyPublicKey publicKey, long createdAt, int kind, ImmutableArray<ImmutableArray<string>> tags, string content)
    {
        var text = new StringBuilder(128 + content.Length);
        text.Append("[0,\"").Append(publicKey.ToHex()).Append("\",").Append(createdAt.ToString(CultureInfo.InvariantCulture)).Append(',')
            .Append(kind.ToString(CultureInfo.InvariantCulture)).Append(',');
        AppendTags(text, tags, forWire: false);
        text.Append(',');
        AppendString(text, content, forWire: false);
        text.Append(']');
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static void AppendTags(StringBuilder text, ImmutableArray<ImmutableArray<string>> tags, bool forWire)
    {
        text.Append('[');
        for (var i = 0; i < tags.Length; i++)
        {
            text.Append(i == 0 ? "[" : ",[");
            for (var j = 0; j < tags[i].Length; j++)
            {
                if (j > 0)
                {
                    text.Append(',');
                }

                AppendString(text, tags[i][j], forWire);
            }

            text.Append(']');
        }

        text.Append(']');
    }

    /// <summary>NIP-01 escapes seven characters and takes every other one as it is; JSON on the wire also escapes control
    /// characters.</summary>
    private static void AppendString(StringBuilder text, string value, bool forWire)
    {
        text.Append('"');
        foreach (var c in value)
        {
            _ = c switch
            {
                '\n' => text.Append("\\n"),
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                '\b' => text.Append("\\b"),
                '\f' => text.Append("\\f"),
                < ' ' when forWire => text.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture)),
                _ => text.Append(c),
            };
        }

        text.Append('"');
    }
}
