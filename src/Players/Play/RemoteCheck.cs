using Coordinator.Bitcoin;
using Coordinator.Dlc;
using Coordinator.Keymeld;
using Coordinator.Nostr;
using Coordinator.Players.Records;
using Coordinator.Players.Wire;

namespace Coordinator.Players.Play;

/// <summary>
/// Looks over the shoulder of those who sign with this player's key: the session's keys must be those of the contract that was verified, and
/// the signatures handed out by the coordinator must be those that the enclaves made. Nothing here is needed for safety, which rests on the
/// contract and its signatures alone (D11); it shows what the key was used for. Without the session secret nothing of it can be read.
/// </summary>
internal sealed class RemoteCheck(PlayerContext player) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private SessionSecret? _secret;
    private bool _isChecked;
    private bool _isCompared;
    private long? _signed;

    /// <summary>Once the secret is shared: reads the session's keys with it and compares them with the contract's.</summary>
    /// <exception cref="PlayerException">The contract speaks of another session, or the session has other keys.</exception>
    public async Task FollowAsync(ShownContract shown, KeymeldSeat seat, TicketedDlc dlc, CancellationToken cancellation)
    {
        if (shown.Keymeld is not { } session || session.Session != seat.Session || session.User != player.Record.Seat!.Ticket)
        {
            throw new PlayerException("the entry left its key with a signing session that the contract does not name");
        }

        if (shown.Round.Length > 0)
        {
            throw new PlayerException("the coordinator asks for this player's own signatures although the key was left with the enclaves");
        }

        if (_secret is null && session.EncryptedSecret is { } encrypted)
        {
            _secret = Open(encrypted, session.Coordinator);
            player.Say("session_secret");
        }

        if (_secret is not null && !_isChecked)
        {
            _isChecked = await CompareKeysAsync(seat, dlc, _secret, cancellation);
        }
    }

    /// <summary>Every signature that this player got must be a result of one of the signing sessions, which it reads with its own key; and they
    /// must have made as many of each kind as the contract has.</summary>
    /// <returns>False while the secret may still come: the coordinator shares it once it has tried the gateway.</returns>
    /// <exception cref="PlayerException">One is not, or there are others.</exception>
    public async Task<bool> CompareAsync(ShownKeymeld session, TicketedDlc dlc, ContractSignatures own, CancellationToken cancellation)
    {
        if (_isCompared)
        {
            return true;
        }

        if (_secret is null || session.SigningSessions.IsEmpty)
        {
            _signed ??= player.Clock.GetTimestamp();
            return player.Clock.GetElapsedTime(_signed.Value) >= Patience
                && Unread(_secret is null ? "the session secret is not shared: the contract and its signatures alone count" : "no signing session is named");
        }

        if (await ResultsAsync(session, _secret, cancellation) is not { } results)
        {
            return Unread("the gateway does not keep the signing sessions any more, or does not answer");
        }

        if (results.Count(result => result is RemoteSignature.Adaptor) != dlc.Outcomes.Count(outcome => !outcome.Outcome.IsExpiry)
            || results.Count != dlc.Outcomes.Length + dlc.WinConditionCount)
        {
            throw new PlayerException($"the enclaves made {results.Count} signatures in these sessions: the contract has others");
        }

        var made = results.Select(HexOf).ToHashSet(StringComparer.Ordinal);
        var foreign = All(own).FirstOrDefault(signature => !made.Contains(signature.Hex));
        if (foreign.Hex is not null)
        {
            throw new PlayerException($"the signature of {foreign.Item} was made by no signing session of the enclaves");
        }

        player.Say("results_verified", ("sessions", session.SigningSessions.Length), ("results", results.Count));
        return _isCompared = true;
    }

    /// <summary>Wipes the secret.</summary>
    public void Dispose() => _secret?.Dispose();

    private bool Unread(string reason)
    {
        player.Say("signing_unread", ("reason", reason));
        return _isCompared = true;
    }

    /// <summary>What all the signing sessions made; null where one cannot be read any more.</summary>
    private async Task<List<RemoteSignature>?> ResultsAsync(ShownKeymeld session, SessionSecret secret, CancellationToken cancellation)
    {
        using var me = new KeymeldParticipant(session.Session, session.User, player.Keys.Entry);
        var results = new List<RemoteSignature>();
        foreach (var signing in session.SigningSessions)
        {
            if (await player.Keymeld.SigningAsync(player.Record.Seat!.Keymeld!.GatewayUrl, signing, me, secret, cancellation) is not { } status)
            {
                return null;
            }

            results.AddRange(status.Results.Values);
        }

        return results;
    }

    private SessionSecret Open(string encrypted, string coordinator)
    {
        if (XOnlyPublicKey.TryParse(coordinator) is not { } sender)
        {
            throw new PlayerException("the coordinator's key for the session secret does not read");
        }

        try
        {
            using var conversation = ConversationKey.Between(player.Keys.Identity, sender);
            return SessionSecret.TryParse(Nip44.Decrypt(conversation, encrypted)) ?? throw new PlayerException("what was shared as the session secret is none");
        }
        catch (NostrFormatException)
        {
            throw new PlayerException("the session secret is not encrypted for this player");
        }
    }

    /// <returns>False while key generation is not complete.</returns>
    private async Task<bool> CompareKeysAsync(KeymeldSeat seat, TicketedDlc dlc, SessionSecret secret, CancellationToken cancellation)
    {
        if (await player.Keymeld.KeygenAsync(seat.GatewayUrl, seat.Session, secret, cancellation) is not { } keygen)
        {
            player.Say("keygen_unread", ("reason", "the gateway does not keep the session any more, or does not answer"));
            return true;
        }

        if (keygen.State != KeygenState.Completed)
        {
            return keygen.State == KeygenState.Failed ? throw new PlayerException("the coordinator calls a failed key generation complete") : false;
        }

        if (await player.ComputeAsync(() => Difference(keygen, dlc), cancellation) is { } difference)
        {
            throw new PlayerException($"the enclaves' keys are not the contract's: {difference}");
        }

        player.Say("keygen_verified", ("aggregate", keygen.Aggregate!.ToHex()), ("subsets", keygen.Subsets.Count));
        return true;
    }

    /// <summary>
    /// A player does not know other tickets' ids, which name the subsets; but every set of winners that the contract knows must have its
    /// aggregate, and there must be no other.
    /// </summary>
    private static string? Difference(KeygenStatus keygen, TicketedDlc dlc)
    {
        if (keygen.Expected != dlc.Parameters.Players.Length + 1 || keygen.Registered != keygen.Expected)
        {
            return $"{keygen.Registered} of {keygen.Expected} keys for {dlc.Parameters.Players.Length} players and the coordinator";
        }

        if (!dlc.FundingKey.Key.Equals(keygen.Aggregate))
        {
            return "the aggregate of all is not the pool's key";
        }

        var shown = keygen.Subsets.Values.ToHashSet();
        var needed = dlc.Outcomes.Select(outcome => dlc.WinnersKey(outcome.Outcome).Key).ToHashSet();
        needed.Remove(dlc.FundingKey.Key);
        shown.Remove(dlc.FundingKey.Key);
        return needed.SetEquals(shown) ? null : "the aggregates of subsets are not those of the contract's winners";
    }

    private static IEnumerable<(string Item, string Hex)> All(ContractSignatures own)
    {
        foreach (var index in own.Attestations)
        {
            yield return (Outcome.Attestation(index).ToString(), own.OutcomeSignature(index)!.ToHex());
        }

        foreach (var win in own.WinConditions)
        {
            yield return (win.ToString(), own.SplitSignature(win)!.ToHex());
        }

        if (own.ExpirySignature is { } expiry)
        {
            yield return (Outcome.Expiry.ToString(), expiry.ToHex());
        }
    }

    private static string HexOf(RemoteSignature result) => result switch
    {
        RemoteSignature.Plain plain => Hex.Encode(plain.Signature64),
        RemoteSignature.Adaptor adaptor => Hex.Encode(adaptor.Signature65),
        _ => string.Empty,
    };
}
