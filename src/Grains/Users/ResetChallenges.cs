using System.Security.Cryptography;
using System.Text;
using Coordinator.Bitcoin;
using Coordinator.Nostr;

namespace Coordinator.Grains;

/// <summary>
/// Reset challenges. One is a keyed hash of the name, the time window and the credential's hash: nothing has to be stored for a stranger who
/// asks, a restart or a second gateway changes nothing, nobody can replace another's, and a reset, which changes the credential's hash,
/// uses it up together with every other.
/// </summary>
public sealed class ResetChallenges(IUserTags tags, TimeProvider clock)
{
    /// <summary>How far the signed event's time may be away: as long as a challenge can be good.</summary>
    private const long Seconds = 300;
    private const long Window = Seconds / 2;
    private const int LongestEvent = 8_192;

    /// <summary>64 lower-case hex digits. The same for everybody who asks within 150 seconds.</summary>
    public string Current(string username, string? credentialHash) => Of(username, credentialHash, WindowNow);

    /// <summary>Null where the event answers the account's challenge, else the first thing that is wrong, in the old API's order.</summary>
    /// <param name="request">The name, the challenge and the event are looked at.</param>
    /// <param name="pubkey">The account's key, 64 lower-case hex digits.</param>
    /// <param name="credentialHash">What is stored now.</param>
    internal Problem? Check(ResetPassword request, string pubkey, string? credentialHash)
    {
        if (!IsLive(request, credentialHash))
        {
            return Wrong("Invalid or expired challenge");
        }

        if (request.SignedEvent.Length > LongestEvent || NostrEvent.TryParse(Encoding.UTF8.GetBytes(request.SignedEvent)) is not { } signed)
        {
            return Problems.Invalid("reset_event", "Invalid signed event format");
        }

        var away = Math.Abs(signed.CreatedAt - clock.GetUtcNow().ToUnixTimeSeconds());
        return !signed.Verify() ? Problems.Invalid("reset_event", "Invalid event signature")
            : signed.PublicKey.ToHex() != pubkey ? Problems.Invalid("reset_event", "Event pubkey does not match account")
            : signed.Content != request.Challenge ? Problems.Invalid("reset_event", "Challenge mismatch in signed event")
            : signed.Kind != Nip98.Kind || away > Seconds ? Problems.Invalid("reset_event", "The signed event is of another kind or time")
            : null;
    }

    /// <summary>The key of an account that nobody has: the same for the same name, and like any other key to look at.</summary>
    public string Decoy(string username)
    {
        // A hash is no valid secret key with a chance of 2^-128.
        using var key = SecretKey.From(tags.Tag("users/decoy", username));
        return key.XOnly.ToHex();
    }

    private long WindowNow => clock.GetUtcNow().ToUnixTimeSeconds() / Window;

    private static Problem Wrong(string detail) => Problems.Invalid("reset_challenge", detail);

    private bool IsLive(ResetPassword request, string? credentialHash)
    {
        var now = WindowNow;
        var given = Encoding.UTF8.GetBytes(request.Challenge);
        return CryptographicOperations.FixedTimeEquals(given, Encoding.UTF8.GetBytes(Of(request.Username, credentialHash, now)))
            | CryptographicOperations.FixedTimeEquals(given, Encoding.UTF8.GetBytes(Of(request.Username, credentialHash, now - 1)));
    }

    private string Of(string username, string? credentialHash, long window)
        => Hex.Encode(tags.Tag("users/reset-challenge", FormattableString.Invariant($"{window}/{credentialHash}/{username}")));
}
