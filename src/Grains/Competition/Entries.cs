using System.Collections.Immutable;
using Coordinator.Bitcoin;
using Coordinator.Competitions;

namespace Coordinator.Grains;

/// <summary>Reads an entry request; past this no text is left unchecked.</summary>
internal static class Entries
{
    private const int LongestBlob = 4_096;

    public static (Entry? Entry, Problem? Problem) Parse(EntryRequest request, DateTimeOffset now)
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

        var picks = ImmutableArray.CreateBuilder<StationPicks>();
        foreach (var pick in request.Picks)
        {
            if (!TryRead(pick.WindSpeed, out var wind) || !TryRead(pick.TempHigh, out var high) || !TryRead(pick.TempLow, out var low))
            {
                return (null, Problems.Invalid("prediction", $"expected_observations: a prediction for {pick.Stations} is not Over, Par or Under"));
            }

            picks.Add(new StationPicks(pick.Stations, wind, high, low));
        }

        var remote = request is { EncryptedKeymeldPrivateKey: { } encrypted, KeymeldAuthPubkey: { } auth } ? new RemoteSigningData(encrypted, auth) : null;
        return (new Entry(
            request.Id, player, key, request.EphemeralPrivatekeyEncrypted, payoutHash, request.PayoutPreimageEncrypted, picks.ToImmutable(), remote, now), null);
    }

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
