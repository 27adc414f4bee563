using System.Collections.Immutable;
using Coordinator.Bitcoin;
using Coordinator.Competitions;
using Coordinator.Dlc;

namespace Coordinator.Grains;

/// <summary>Reads an entry request; past this no text is left unchecked.</summary>
internal static class Entries
{
    private const int LongestBlob = 4_096;

    /// <param name="proofRequired">An entry without a proof of its key is refused; one with a wrong proof always is.</param>
    public static (Entry? Entry, Problem? Problem) Parse(EntryRequest request, Guid competition, bool proofRequired, DateTimeOffset now)
    {
        if (XOnlyPublicKey.TryParse(request.Player) is not { } player)
        {
            return (null, Problems.Invalid("player", "the caller's key is not an x-only public key"));
        }

        if (PublicKey.TryParse(request.EphemeralPubkey) is not { } key)
        {
            return (null, Problems.Invalid("ephemeral_pubkey", "ephemeral_pubkey: expected a compressed public key of 66 hex digits"));
        }

        if (Hash32.TryParse(request.PayoutHash) is not { } payoutHash)
        {
            return (null, Problems.Invalid("payout_hash", "payout_hash: expected a SHA-256 of 64 hex digits"));
        }

        if (request.EphemeralPrivatekeyEncrypted.Length > LongestBlob || request.PayoutPreimageEncrypted.Length > LongestBlob)
        {
            return (null, Problems.Invalid("encrypted_backup", $"encrypted values are at most {LongestBlob} characters"));
        }

        if (CheckProof(request, competition, player, key, proofRequired) is { } unproven)
        {
            return (null, unproven);
        }

        var (picks, invalid) = Picks(request);
        if (invalid is not null)
        {
            return (null, invalid);
        }

        var remote = request is { EncryptedKeymeldPrivateKey: { } encrypted, KeymeldAuthPubkey: { } auth } ? new RemoteSigningData(encrypted, auth) : null;
        return (new Entry(
            request.Id, player, key, request.EphemeralPrivatekeyEncrypted, payoutHash, request.PayoutPreimageEncrypted, picks, remote, now), null);
    }

    private static (ImmutableArray<StationPicks> Picks, Problem? Invalid) Picks(EntryRequest request)
    {
        var picks = ImmutableArray.CreateBuilder<StationPicks>();
        foreach (var pick in request.Picks)
        {
            if (!TryRead(pick.WindSpeed, out var wind) || !TryRead(pick.TempHigh, out var high) || !TryRead(pick.TempLow, out var low))
            {
                return ([], Problems.Invalid("prediction", $"expected_observations: a prediction for {pick.Stations} is not Over, Par or Under"));
            }

            picks.Add(new StationPicks(pick.Stations, wind, high, low));
        }

        return (picks.ToImmutable(), null);
    }

    private static Problem? CheckProof(EntryRequest request, Guid competition, XOnlyPublicKey player, PublicKey key, bool required)
        => request.KeyProof is null
            ? required
                ? Problems.Invalid("key_proof_missing", "ephemeral_pubkey_proof: sign for the ticket with the entry's key, 128 hex digits")
                : null
            : Hex.TryDecode(request.KeyProof, 64, out var proof) && KeyPossession.Verify(key, competition, request.TicketId, player, proof)
                ? null
                : Problems.Invalid("invalid_key_proof", "ephemeral_pubkey_proof is not a signature of the entry's key for this ticket and player");

    private static bool TryRead(string? text, out Prediction? prediction)
    {
        prediction = text switch
        {
            "Over" => Prediction.Over,
            "Par" => Prediction.Par,
            "Under" => Prediction.Under,
            _ => null,
        };
        return text is null || prediction is not null;
    }
}
