using System.Collections.Immutable;
using Coordinator.Bitcoin;

namespace Coordinator.Lightning;

/// <summary>The networks a payment request can be of.</summary>
public enum LightningNetwork
{
    /// <summary>Prefix bc.</summary>
    Mainnet,

    /// <summary>Prefix tb; testnet3 and testnet4 alike.</summary>
    Testnet,

    /// <summary>Prefix tbs.</summary>
    Signet,

    /// <summary>Prefix bcrt.</summary>
    Regtest,

    /// <summary>Prefix sb.</summary>
    Simnet,
}

/// <summary>Why a text is no payment request we accept. Whoever wrote it must make a new one.</summary>
public enum Bolt11Problem
{
    /// <summary>Nothing is wrong.</summary>
    None,

    /// <summary>More than 7089 characters.</summary>
    TooLong,

    /// <summary>Upper and lower case letters in one text.</summary>
    MixedCase,

    /// <summary>No '1' between the human-readable part and the data.</summary>
    NoSeparator,

    /// <summary>A character outside the alphabet.</summary>
    BadCharacter,

    /// <summary>The checksum does not fit.</summary>
    BadChecksum,

    /// <summary>No room for the timestamp and the signature.</summary>
    TooShort,

    /// <summary>Does not start with "ln" and a network we know.</summary>
    UnknownNetwork,

    /// <summary>The amount has no digits, leading zeros, an unknown multiplier, a part of a millisatoshi, or is out of range.</summary>
    BadAmount,

    /// <summary>A field says it is longer than the data.</summary>
    FieldTooLong,

    /// <summary>A field's content cannot be read.</summary>
    BadField,

    /// <summary>No payment hash.</summary>
    NoPaymentHash,

    /// <summary>No payment secret; such an invoice cannot be paid.</summary>
    NoPaymentSecret,

    /// <summary>Neither or both of description and description hash.</summary>
    BadDescription,

    /// <summary>An even feature bit that we do not know.</summary>
    UnknownRequiredFeature,

    /// <summary>The signature does not fit the named key, has a high s beside a named key, or no key can be recovered from it.</summary>
    BadSignature,
}

/// <summary>A fallback address: 17 is P2PKH, 18 is P2SH, 0 and 1 are witness versions.</summary>
public sealed record Bolt11Fallback(int Version, ImmutableArray<byte> Program);

/// <summary>One hop of a private route hint.</summary>
public sealed record Bolt11Hop(PublicKey Node, ulong ShortChannelId, uint FeeBaseMsat, uint FeePartsPerMillion, int CltvDelta);

/// <summary>A payment request, read and its signature checked. See BOLT-11.</summary>
public sealed record Bolt11Invoice
{
    /// <summary>BOLT-11's default when the invoice has no <c>c</c> field.</summary>
    public const int DefaultCltvExpiry = 18;

    /// <summary>From the prefix.</summary>
    public required LightningNetwork Network { get; init; }

    /// <summary>The price, or null when the payer chooses.</summary>
    public Millisatoshis? Amount { get; init; }

    /// <summary>When it was made, whole seconds.</summary>
    public required DateTimeOffset CreatedUtc { get; init; }

    /// <summary>Payable this long from <see cref="CreatedUtc"/>; 3600 s when the invoice does not say.</summary>
    public TimeSpan Expiry { get; init; } = TimeSpan.FromSeconds(3600);

    /// <summary>True when the invoice itself names <see cref="Expiry"/>.</summary>
    public bool HasExpiry { get; init; }

    /// <summary>Final CLTV delta in blocks; <see cref="DefaultCltvExpiry"/> when the invoice does not say (LND then assumes 24).</summary>
    public int CltvExpiry { get; init; } = DefaultCltvExpiry;

    /// <summary>True when the invoice itself names <see cref="CltvExpiry"/>.</summary>
    public bool HasCltvExpiry { get; init; }

    /// <summary>The hash a payer pays to.</summary>
    public required PaymentHash PaymentHash { get; init; }

    /// <summary>32 bytes the payer must present; empty only where reading without one was asked for.</summary>
    public ImmutableArray<byte> PaymentSecret { get; init; } = [];

    /// <summary>Free text of the payee, or null when there is a <see cref="DescriptionHash"/>. Escape when shown.</summary>
    public string? Description { get; init; }

    /// <summary>32 bytes, or empty.</summary>
    public ImmutableArray<byte> DescriptionHash { get; init; } = [];

    /// <summary>Bytes to be handed to the payee with the payment; empty when none.</summary>
    public ImmutableArray<byte> Metadata { get; init; } = [];

    /// <summary>The node that is paid: named by the invoice, or recovered from the signature.</summary>
    public required PublicKey Payee { get; init; }

    /// <summary>True when the invoice names <see cref="Payee"/> in an <c>n</c> field.</summary>
    public bool NamesPayee { get; init; }

    /// <summary>On-chain addresses, as the invoice orders them.</summary>
    public ImmutableArray<Bolt11Fallback> Fallbacks { get; init; } = [];

    /// <summary>Private routes to the payee.</summary>
    public ImmutableArray<ImmutableArray<Bolt11Hop>> RouteHints { get; init; } = [];

    /// <summary>Feature bits in ascending order; even ones are required.</summary>
    public ImmutableArray<int> Features { get; init; } = [];

    /// <summary>True when it can no longer be paid at this time.</summary>
    public bool IsExpiredAt(DateTimeOffset now) => now > CreatedUtc + Expiry;
}
