using Coordinator.Bitcoin;

namespace Coordinator.Competitions;

/// <summary>What a remote signing service adds to every state before the funding. Pure.</summary>
public static class RemoteRules
{
    /// <summary>Hex digits of an encrypted key: an ephemeral point, a nonce, 32 bytes and a tag (keymeld.md §4.3).</summary>
    public const int EncryptedKeyDigits = 186;

    /// <summary>Keys are registered as soon as their entry counts; the gateway is probed once.</summary>
    public static IEnumerable<Effect> Wants(Header header)
    {
        if (header.Keymeld is not { } session)
        {
            yield break;
        }

        foreach (var seat in session.Seats.Where(seat => seat.Epoch is null))
        {
            if (seat.User == session.CoordinatorUser || header.Roster.Find(seat.User)?.Complete == true)
            {
                yield return new RegisterSeat(session.Id, seat.User);
            }
        }

        if (session.Probe is null)
        {
            yield return new ProbeKeymeld(session.Id);
        }
    }

    /// <summary>The header after a fact that changes only what is known of the session.</summary>
    internal static Header Absorb(Header header, RemoteFact fact)
    {
        if (header.Keymeld is not { } session || session.Id != fact.Session)
        {
            return header;
        }

        return fact switch
        {
            KeymeldProbed probed when session.Probe is null => header with { Keymeld = session with { Probe = new KeymeldProbe(probed.Safe, probed.Detail) } },
            SeatRegistered registered when session.Seat(registered.User) is { } seat
                => header with { Keymeld = session.Put(seat with { Epoch = registered.Epoch, Before = false }) },
            SeatStale stale when session.Seat(stale.User) is { Epoch: not null } seat
                => header with { Keymeld = session.Put(seat with { Epoch = null, Before = true }) },
            _ => header,
        };
    }

    /// <summary>Why the session can carry this competition no further; null where it can.</summary>
    internal static string? Ending(Header header, RemoteFact fact)
        => header.Keymeld?.Id != fact.Session ? null
            : fact switch
            {
                KeymeldBurned burned => $"the Keymeld session cannot be used: {burned.Why}",
                SeatRegistered { Entry: { } entry } registered when header.Roster.Find(registered.User)?.Entry?.Id != entry
                    => "a seat was lost after its key was registered with Keymeld",
                _ => null,
            };

    /// <summary>Why an entry's registration data cannot be what the service needs; null where it can, or where none is needed.</summary>
    internal static Refusal? Check(Header header, Entry entry)
    {
        if (header.Keymeld is null)
        {
            return null;
        }

        if (entry.RemoteSigning is not { } data)
        {
            return Refusal.Invalid(
                "keymeld_registration_missing",
                "this competition is signed through Keymeld: send encrypted_keymeld_private_key and keymeld_auth_pubkey with the entry");
        }

        if (!Hex.TryDecode(data.EncryptedPrivateKey, EncryptedKeyDigits / 2, out var bytes) || PublicKey.TryParse(bytes.AsSpan(0, 33)) is null)
        {
            return Refusal.Invalid(
                "invalid_keymeld_key",
                $"encrypted_keymeld_private_key: expected {EncryptedKeyDigits} hex digits, the entry's key encrypted for the ticket's enclave");
        }

        return PublicKey.TryParse(data.AuthPubkey) is null
            ? Refusal.Invalid("invalid_keymeld_auth", "keymeld_auth_pubkey: expected a compressed public key of 66 hex digits")
            : null;
    }
}
