using System.Collections.Immutable;
using System.Text;
using Coordinator.Bitcoin;

namespace Coordinator.Competitions.Tests;

/// <summary>What tests begin with: times, terms, keys, ids. All of it follows from small numbers.</summary>
internal static class Given
{
    public static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Height of the tip when a competition begins.</summary>
    public const int Tip = 1_000;

    /// <summary>Where the funding transaction confirms.</summary>
    public const int FundingHeight = 1_010;

    /// <summary>Where the outcome transaction confirms.</summary>
    public const int OutcomeHeight = 1_020;

    public static TermsPolicy Policy(Network network = Network.Regtest, int depth = 1) => new(
        network, depth, TimeSpan.FromHours(2), FeeRate.FromSatPerVbyte(10), FeeRate.FromSatPerVbyte(2));

    public static ProposedTerms Proposed(int entries = 3, int places = 1) => new(
        Uuid7(Start, new SplitMix(7)),
        Start.AddHours(72),
        Start.AddHours(24),
        Start.AddHours(48),
        ["KDEN", "KJFK"],
        6,
        places,
        entries,
        100_000,
        5,
        100_000L * entries,
        null);

    public static CompetitionTerms Terms(int entries = 3, int places = 1, int depth = 1, Network network = Network.Regtest)
    {
        var (terms, refusals) = TermsRules.Accept(Proposed(entries, places), Policy(network, depth), Start);
        return terms ?? throw new InvalidOperationException(string.Join("; ", refusals));
    }

    /// <summary>Terms whose contract is signed through Keymeld: entries close at the start, signing may last a window longer.</summary>
    public static CompetitionTerms KeymeldTerms(int entries = 3, int places = 1)
    {
        var proposed = Proposed(entries, places) with { StartObservation = Start.AddHours(20) };
        var (terms, refusals) = TermsRules.Accept(proposed, Policy() with { Signing = SigningMode.Keymeld }, Start);
        return terms ?? throw new InvalidOperationException(string.Join("; ", refusals));
    }

    /// <summary>Terms that are played with escrows, signed by the players themselves or through Keymeld.</summary>
    public static CompetitionTerms EscrowTerms(SigningMode signing = SigningMode.Local, int depth = 1)
    {
        var proposed = Proposed() with { StartObservation = Start.AddHours(20), Escrow = true };
        var (terms, refusals) = TermsRules.Accept(proposed, Policy(depth: depth) with { Signing = signing }, Start);
        return terms ?? throw new InvalidOperationException(string.Join("; ", refusals));
    }

    /// <summary>A player's escrow as the wallet prepares it.</summary>
    public static TicketEscrow Escrow(int player, CompetitionTerms terms) => new(
        new OutPoint(Txid($"escrow {player}"), 0), Key("escrow coordinator"), DlcKey(player), terms.EntryFee, terms.Escrow!.RefundBlocks,
        Hash($"escrow transaction {player}"), Hash($"escrow psbt {player}"), Satoshis.Of(300), [new OutPoint(Txid($"escrow coin {player}"), 3)]);

    /// <summary>The coordinator's id is the smallest; enclaves take turns.</summary>
    public static KeymeldSession Keymeld(Roster roster)
    {
        var mix = new SplitMix(11);
        var coordinator = Uuid7(Start.AddSeconds(-1), mix);
        return new KeymeldSession(
            Uuid7(Start, mix), coordinator, "http://127.0.0.1:1", "sealed secret", Start.AddHours(23),
            [new KeymeldEnclave(0, Key("enclave 0"), 1), new KeymeldEnclave(1, Key("enclave 1"), 1)],
            [new KeymeldSeat(coordinator, 0, 1), .. roster.Tickets.Select((ticket, index) => new KeymeldSeat(ticket.Id, index % 2, null))]);
    }

    /// <summary>Shaped as an encrypted key and an auth key are.</summary>
    public static RemoteSigningData Registration(int player) => new(DlcKey(player).ToHex() + new string('0', 120), Key($"auth {player}").ToHex());

    public static Guid Uuid7(DateTimeOffset at, SplitMix mix)
    {
        var bytes = mix.Bytes(16);
        var ms = at.ToUnixTimeMilliseconds();
        for (var i = 0; i < 6; i++)
        {
            bytes[i] = (byte)((ms >> (40 - (8 * i))) & 0xff);
        }

        bytes[6] = (byte)(0x70 | (bytes[6] & 0x0f));
        bytes[8] = (byte)(0x80 | (bytes[8] & 0x3f));
        return new Guid(bytes, bigEndian: true);
    }

    public static Hash32 Hash(string of) => Hash32.Of(Encoding.UTF8.GetBytes(of));

    public static SecretKey Secret(string of) => SecretKey.From(Hash(of).Bytes);

    public static PublicKey Key(string of)
    {
        using var secret = Secret(of);
        return secret.PublicKey;
    }

    /// <summary>The Nostr key of a player.</summary>
    public static XOnlyPublicKey Player(int player) => Key($"nostr {player}").XOnly;

    /// <summary>The DLC key of a player's entry.</summary>
    public static PublicKey DlcKey(int player) => Key($"dlc {player}");

    public static Hash32 PayoutHash(int player) => Hash($"payout {player}");

    public static Txid Txid(string of) => Bitcoin.Txid.FromWire(Hash(of).Bytes);

    public static Entry Entry(int player, Guid id, DateTimeOffset at) => new(
        id, Player(player), DlcKey(player), "backup", PayoutHash(player), "backup",
        [new StationPicks("KDEN", Prediction.Over, null, Prediction.Par)], null, at);

    public static Created Competition(CompetitionTerms? terms = null, ulong seed = 1)
    {
        terms ??= Terms();
        var mix = new SplitMix(seed);
        var tickets = Enumerable.Range(0, terms.Entries).Select(seat =>
            new Ticket(Uuid7(Start.AddMilliseconds(mix.Below(1_000)), mix), Hash($"ticket {seed}/{seat}"), $"sealed {seat}"));
        var roster = Roster.Of(tickets);
        return new Created(new Header(
            terms, Key("market maker"), Start, roster, [], terms.Signing == SigningMode.Keymeld ? Keymeld(roster) : null));
    }

    public static ContractRef Contract(Roster roster) => new(
        Hash("parameters"), new OutPoint(Txid("funding"), 0), Hash("psbt"), Satoshis.Of(1_000), FeeRate.FromSatPerVbyte(2),
        ContractPlan.Seats(roster), ContractPlan.Players(roster), Hash("announcement"), [new OutPoint(Txid("coin"), 1)]);

    public static ImmutableArray<Guid> Some(params Guid[] ids) => [.. ids];
}
