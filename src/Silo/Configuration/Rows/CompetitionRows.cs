namespace Coordinator.Silo;

/// <summary>Rows of what holds for new competitions. Those that exist keep the terms they were created with.</summary>
internal static class CompetitionRows
{
    public static IReadOnlyList<ConfigurationKey> All { get; } =
    [
        ConfigurationKey.Choice(
            "Competitions:Signing", ["keymeld", "local"],
            "keymeld: entries close at the start, and players need not be there. local: every player's client signs, entries close a window earlier, and one absent player breaks the contract."),
        ConfigurationKey.Time(
            "Competitions:SignatureGrace", "00:00:00", "1.00:00:00",
            "How long a signed contract waits for players to take their signatures before it is funded; at most half the signing window counts. Too short, and players trust the coordinator to hand them out "
            + "later."),
        ConfigurationKey.Count(
            "Competitions:EntriesPerPlayer", "seats", 1, 25, "That one player may hold in one competition. Where players sign themselves, one who is absent breaks the contract for all: many seats make that cheap."),
        ConfigurationKey.Switch(
            "Competitions:RequireKeyProof", "true demands `ephemeral_pubkey_proof` of every entry. Clients of the old API send none and are refused; one that is sent is always checked."),
        ConfigurationKey.Time(
            "Competitions:BarTime", "00:00:00", "365.00:00:00",
            "How long a player whose part was missing at a signing deadline gets no ticket; zero switches it off: then the same player can break one competition after the other for nothing."),
        ConfigurationKey.Time(
            "Competitions:SigningWindow", "00:00:10", "2.00:00:00",
            "Between the close of entries and the signing deadline. Too short, and contracts miss it: the competition is cancelled, tickets are given back."),
        ConfigurationKey.Count(
            "Competitions:SettlementDepth", "confirmations", 1, 100,
            "Of the funding before a ticket's preimage is revealed; mainnet at least 3. Fewer, and a reorganisation may take the pool back after the tickets were paid.")
            with { Range = "1 to 100; mainnet 3 to 100" },
        ConfigurationKey.Count(
            "Competitions:MaxFeeRateSatPerVbyte", "sat/vB", 1, 5_000,
            "Highest contract fee rate, and with it the smallest entry fee. Too low, and contracts cannot be funded while blocks are full; too high, and small tickets are refused."),
        ConfigurationKey.Count(
            "Competitions:FundingCoinDepth", "confirmations", 1, 100,
            "Of coins that fund a contract. Fewer, and a reorganisation may undo a coin under a signed contract; more, and change is idle longer.") with { Range = "1 to 100; off regtest 6 to 100" },
        new("Competitions:ReclaimGraceBlocks", KeyKind.Count, "0 to 1 000 000, or absent",
            "Blocks past the second lock time after which a sold winner's unclaimed share is taken back without an operator's release. Absent: never by itself.")
        { Unit = "blocks", Least = "0", Most = "1000000", Default = "never" },
        ConfigurationKey.Switch(
            "Competitions:SettleOnly", "true takes no new money and funds nothing, whatever an operator says over HTTP; everything begun goes on."),
        new("Competitions:Cores", KeyKind.Count, "at least 1",
            "Cores that one contract computation may use. Fewer leave more to the listeners while a contract is made.") { Unit = "cores", Least = "1", Default = "all" },
    ];
}
