using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Coordinator.Bitcoin;

namespace Coordinator.Dlc;

/// <summary>
/// Everything that, with the funding outpoint, determines a contract. Holds whatever its JSON can hold; only
/// validation tells whether a contract can be made of it. Equal by content.
/// </summary>
public sealed record ContractParameters
{
    /// <summary>The largest document that is read, in bytes.</summary>
    public const int MaxJsonBytes = 64 * 1024 * 1024;

    public required MarketMaker MarketMaker { get; init; }

    /// <summary>The position is the player index; never sorted here.</summary>
    public required ImmutableArray<Player> Players { get; init; }

    public required EventLockingConditions Event { get; init; }

    public required OutcomePayouts OutcomePayouts { get; init; }

    /// <summary>Satoshis per 1,000 weight units for the outcome and split transactions, as the JSON holds it.</summary>
    public required ulong FeeRateSatPerKwu { get; init; }

    /// <summary>Satoshis of the funding output, as the JSON holds them.</summary>
    public required ulong FundingSatoshis { get; init; }

    /// <summary>Blocks between a transaction and the player's next step; twice as many until the market maker may reclaim.</summary>
    public required ushort RelativeLocktimeBlockDelta { get; init; }

    /// <summary>Satoshis of the fee anchor on every outcome, expiry and split transaction; null for none.</summary>
    public ulong? AnchorSatoshis { get; init; }

    /// <summary>Whether every winner's split leaf carries the number of its outcome.</summary>
    public bool OutcomeBoundSplits { get; init; }

    /// <summary>The funding value as an amount.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Above 21,000,000 BTC; validated parameters never are.</exception>
    public Satoshis FundingValue => Satoshis.Of(ToLong(FundingSatoshis));

    /// <summary>The fee rate as a rate.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Absurdly large; validated parameters never are.</exception>
    public FeeRate FeeRate => FeeRate.FromSatPerKwu(ToLong(FeeRateSatPerKwu));

    /// <summary>Blocks until the market maker may reclaim: 2Δ, at most 65,535 as upstream.</summary>
    public ushort ReclaimBlockDelay => (ushort)Math.Min(2 * RelativeLocktimeBlockDelta, ushort.MaxValue);

    /// <summary>The position of this key among the players, or -1.</summary>
    public int IndexOfPlayer(PublicKey key)
    {
        for (var i = 0; i < Players.Length; i++)
        {
            if (Players[i].PublicKey.Equals(key))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Compact JSON, byte for byte as dlctix writes it.</summary>
    public byte[] ToJsonBytes() => ContractParametersJson.Write(this);

    /// <inheritdoc cref="ToJsonBytes"/>
    public string ToJson() => Encoding.UTF8.GetString(ToJsonBytes());

    /// <exception cref="DlcFormatException">Not the JSON of contract parameters; the message names the member.</exception>
    public static ContractParameters Parse(ReadOnlySpan<byte> utf8Json) => ContractParametersJson.Read(utf8Json);

    /// <exception cref="DlcFormatException">Not the JSON of contract parameters; the message names the member.</exception>
    public static ContractParameters Parse(string json) => Parse(Encoding.UTF8.GetBytes(json));

    /// <summary>The parameters, or why the bytes are not their JSON.</summary>
    public static bool TryParse(
        ReadOnlySpan<byte> utf8Json, [NotNullWhen(true)] out ContractParameters? parameters, [NotNullWhen(false)] out string? error)
    {
        try
        {
            (parameters, error) = (Parse(utf8Json), null);
            return true;
        }
        catch (DlcFormatException refusal)
        {
            (parameters, error) = (null, refusal.Message);
            return false;
        }
    }

    public bool Equals(ContractParameters? other)
        => other is not null && MarketMaker == other.MarketMaker && Players.AsSpan().SequenceEqual(other.Players.AsSpan())
            && Event == other.Event && OutcomePayouts.Equals(other.OutcomePayouts) && FeeRateSatPerKwu == other.FeeRateSatPerKwu
            && FundingSatoshis == other.FundingSatoshis && RelativeLocktimeBlockDelta == other.RelativeLocktimeBlockDelta
            && AnchorSatoshis == other.AnchorSatoshis && OutcomeBoundSplits == other.OutcomeBoundSplits;

    public override int GetHashCode() => HashCode.Combine(MarketMaker, Players.Length, FundingSatoshis, FeeRateSatPerKwu);

    private static long ToLong(ulong value) => value <= long.MaxValue ? (long)value : -1;
}
