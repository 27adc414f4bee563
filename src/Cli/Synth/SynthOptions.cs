using Coordinator.Bitcoin;
using Coordinator.Players;
using Coordinator.Players.Lnd;

namespace Coordinator.Cli.Synth;

/// <summary>Where a synthetic lifecycle is played.</summary>
/// <param name="Public">Players' listener.</param>
/// <param name="Operator">Operators' listener.</param>
/// <param name="Token">The operator's; never printed.</param>
/// <param name="Chain">An esplora server, or a node's RPC where there is a cookie.</param>
/// <param name="Enclaves">Pins as players take them, <c>0=02…,1=03…</c>; empty: the gateway is believed.</param>
internal sealed record SynthPlaces(
    Uri Public, Uri Operator, string Token, Uri Oracle, Uri Chain, string? ChainCookie, LndAccess Lnd, Network Network, string Enclaves)
{
    public override string ToString() => Public.ToString();
}

/// <summary>What is played.</summary>
/// <param name="Users">Synthetic players; all seats are theirs.</param>
/// <param name="EntryFee">Satoshis.</param>
/// <param name="EntryWindow">From the creation until entries close.</param>
/// <param name="Observation">From then until the observation ends.</param>
/// <param name="SigningDelay">From then until the oracle attests.</param>
internal sealed record SynthTerms(
    int Users, int Places, long EntryFee, int FeePercent, IReadOnlyList<string> Stations, TimeSpan EntryWindow, TimeSpan Observation, TimeSpan SigningDelay);

/// <summary>How a lifecycle is played and watched.</summary>
/// <param name="StateTimeout">Without any progress, where nothing but programs has to act.</param>
/// <param name="ChainTimeout">The same where blocks have to be mined.</param>
/// <param name="Poll">Between two looks.</param>
/// <param name="Payout">What winners do.</param>
/// <param name="ClaimTo">Where claims on chain go; needed for them.</param>
/// <param name="OracleControl">The oracle simulator's hand; null: the oracle attests by itself.</param>
/// <param name="ChainControl">The chain simulator's hand; null: blocks come by themselves.</param>
internal sealed record SynthOptions(
    SynthPlaces Places, SynthTerms Terms, TimeSpan StateTimeout, TimeSpan ChainTimeout, TimeSpan Poll, PayoutChoice Payout, string? ClaimTo, Uri? OracleControl, Uri? ChainControl)
{
    public const string Scenario = "full_lifecycle";

    public override string ToString() => Scenario;
}
