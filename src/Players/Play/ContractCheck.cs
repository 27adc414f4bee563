using System.Collections.Immutable;
using System.Text.Json;
using Coordinator.Bitcoin;
using Coordinator.Dlc;
using Coordinator.Players.Records;
using Coordinator.Players.Wire;

namespace Coordinator.Players.Play;

/// <summary>A contract as the coordinator shows it.</summary>
/// <param name="Keymeld">Null where players sign themselves.</param>
internal sealed record ShownContract(
    string Parameters, string FundingOutpoint, string FundingPsbt, string Round, ShownEntry Entry, ShownKeymeld? Keymeld)
{
    public static ShownContract Read(JsonElement json, Guid entry)
    {
        var own = json.GetProperty("entries").EnumerateArray().FirstOrDefault(item => item.GetProperty("entry_id").GetGuid() == entry);
        return own.ValueKind != JsonValueKind.Object
            ? throw new PlayerException("the contract does not name this player's entry")
            : new ShownContract(
                json.GetProperty("contract_params").GetRawText(),
                json.GetProperty("funding_outpoint").GetString()!,
                json.GetProperty("funding_psbt_base64").GetString()!,
                json.GetProperty("round").GetProperty("id").GetString() ?? string.Empty,
                new ShownEntry(
                    own.GetProperty("nonces_submitted").GetBoolean(),
                    own.GetProperty("partials_submitted").GetBoolean(),
                    own.GetProperty("signatures") is { ValueKind: JsonValueKind.Object } signatures ? signatures.GetRawText() : null,
                    own.GetProperty("ticket_preimage").GetString()),
                json.TryGetProperty("keymeld", out var keymeld) && keymeld.ValueKind == JsonValueKind.Object ? ShownKeymeld.Read(keymeld) : null);
    }
}

/// <summary>The remote signing session as the coordinator shows it.</summary>
/// <param name="EncryptedSecret">NIP-44 from <paramref name="Coordinator"/> to this player; null while, or where, it is not shared.</param>
/// <param name="User">This player's user id.</param>
/// <param name="Coordinator">x-only key, hex.</param>
/// <param name="SigningSessions">Where the signatures were made; empty before.</param>
internal sealed record ShownKeymeld(Guid Session, string? EncryptedSecret, Guid User, string Coordinator, ImmutableArray<Guid> SigningSessions)
{
    public static ShownKeymeld Read(JsonElement json) => new(
        json.GetProperty("session_id").GetGuid(),
        json.TryGetProperty("encrypted_session_secret", out var secret) ? secret.GetString() : null,
        json.GetProperty("user_id").GetGuid(),
        json.TryGetProperty("coordinator_pubkey", out var key) ? key.GetString() ?? string.Empty : string.Empty,
        json.TryGetProperty("signing_session_ids", out var sessions) ? [.. sessions.EnumerateArray().Select(session => session.GetGuid())] : []);
}

/// <param name="HasNonces">In the current round.</param>
/// <param name="HasPartials">In the current round.</param>
internal sealed record ShownEntry(bool HasNonces, bool HasPartials, string? Signatures, string? TicketPreimage)
{
    public override string ToString() => $"ShownEntry {{ HasNonces = {HasNonces}, HasPartials = {HasPartials} }}";
}

/// <summary>Everything a player compares before it draws a nonce (D8).</summary>
internal static class ContractCheck
{
    /// <summary>A player's own limit, whatever the coordinator says.</summary>
    private static readonly FeeRate MaxFeeRate = FeeRate.FromSatPerVbyte(100);

    /// <summary>The contract, built here from checked parameters.</summary>
    /// <exception cref="PlayerException">It is not what was agreed to; the message says in what it differs.</exception>
    public static TicketedDlc Verify(ShownContract shown, PlayerRecord record, PublicKey key, OracleWord oracle)
    {
        var (terms, seat) = (record.Terms!, record.Seat!);
        if (!ContractParameters.TryParse(System.Text.Encoding.UTF8.GetBytes(shown.Parameters), out var parameters, out var error))
        {
            throw new PlayerException($"the contract's parameters do not read: {error}");
        }

        CheckOracle(terms, seat, oracle);
        var ranking = OutcomeRanking.Of(terms.Entries, terms.Places);
        var self = new Player(key, Hashlock.Parse(seat.TicketHash), Hashlock.OfPreimage(Hex.Decode(record.PayoutPreimage)));
        var expectation = new ContractExpectation
        {
            Self = self,
            Ranking = ranking,
            PlayerOfPosition = PlayersByPosition(ranking, parameters, oracle.EntryIds.IndexOf(seat.Entry), self),
            LockingPoints = OracleLocks.Of(oracle.Key, oracle.NoncePoint, ranking),
            Expiry = checked((uint)(terms.SigningDate.ToUnixTimeSeconds() + 86_400)),
            FundingValue = Satoshis.Of(terms.Pool),
            MaxFeeRate = MaxFeeRate,
            BlockDelta = checked((ushort)terms.Delta),
        };
        if (expectation.Check(parameters) is { } difference)
        {
            throw new PlayerException($"the contract is not the one agreed to ({difference.Mismatch}): {difference.Detail}");
        }

        return Build(shown, parameters);
    }

    private static TicketedDlc Build(ShownContract shown, ContractParameters parameters)
    {
        var outpoint = OutPoint.TryParse(shown.FundingOutpoint) ?? throw new PlayerException("the funding outpoint does not read");
        if (!TicketedDlc.TryCreate(parameters, outpoint, out var dlc, out var refusal))
        {
            throw new PlayerException($"the contract is refused: {refusal}");
        }

        Psbt psbt;
        try
        {
            psbt = Psbt.ParseBase64(shown.FundingPsbt);
        }
        catch (Exception malformed) when (malformed is PsbtException or BitcoinFormatException or FormatException)
        {
            throw new PlayerException($"the funding PSBT does not read: {malformed.Message}");
        }

        var funding = psbt.UnsignedTransaction;
        return funding.Txid == outpoint.Txid && outpoint.Vout < funding.Outputs.Length && funding.Outputs[(int)outpoint.Vout] == dlc.FundingOutput
            ? dlc
            : throw new PlayerException("the funding transaction does not pay the contract at that outpoint");
    }

    private static void CheckOracle(AgreedTerms terms, SeatRecord seat, OracleWord oracle)
    {
        if (oracle.Entries != terms.Entries || oracle.Places != terms.Places || oracle.SigningDate.ToUnixTimeSeconds() != terms.SigningDate.ToUnixTimeSeconds())
        {
            throw new PlayerException("the oracle announced an event of another shape or time");
        }

        if (oracle.EntryIds.Length != terms.Entries || !oracle.EntryIds.Contains(seat.Entry)
            || !oracle.EntryIds.Select(id => id.ToString("N")).SequenceEqual(oracle.EntryIds.Select(id => id.ToString("N")).Order(StringComparer.Ordinal)))
        {
            throw new PlayerException("the oracle does not list this player's entry in the order of ids");
        }
    }

    /// <summary>
    /// Reads the map from the oracle's positions to players off the contract: the player with the greatest weight where a position comes
    /// first. The whole contract is then compared with that map, in which this player's own position must be this player.
    /// </summary>
    private static ImmutableArray<int> PlayersByPosition(OutcomeRanking ranking, ContractParameters parameters, int ownPosition, Player self)
    {
        var map = ImmutableArray.CreateBuilder<int>(ranking.Entries);
        for (var position = 0; position < ranking.Entries; position++)
        {
            int[] order = [position, .. Enumerable.Range(0, ranking.Entries).Where(other => other != position).Take(ranking.Places - 1)];
            var weights = parameters.OutcomePayouts.Find(Outcome.Attestation(ranking.IndexOf(order)));
            map.Add(weights is null || weights.Winners.IsEmpty ? -1 : weights.Winners.MaxBy(winner => winner.Weight).PlayerIndex);
        }

        var own = parameters.Players.IndexOf(self);
        return own >= 0 && map[ownPosition] == own ? map.MoveToImmutable() : throw new PlayerException("the contract gives this player's place to another");
    }
}
