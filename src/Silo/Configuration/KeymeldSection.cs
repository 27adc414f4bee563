using System.Collections.Immutable;
using Coordinator.Bitcoin;
using Coordinator.Grains;
using Coordinator.Keymeld;

namespace Coordinator.Silo;

/// <summary>The remote signing service.</summary>
public sealed class KeymeldSection
{
    /// <summary>The gateway's address, without <c>/api/v1</c>. Needed where contracts are signed through Keymeld.</summary>
    public Uri? Address { get; set; }

    /// <summary>The gateway's address as players are told; the same where it is not set.</summary>
    public Uri? PublicAddress { get; set; }

    /// <summary>How long one request may take. Default 8 s.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(8);

    /// <summary>Whether players get the session secret: when_safe, never, or always (not on mainnet). Default when_safe.</summary>
    public string ShareSessionSecret { get; set; } = "when_safe";

    /// <summary>How long the probe of a gateway watches a signing session that nobody approved. Default 2 s.</summary>
    public TimeSpan ProbeTime { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>The enclaves' keys, known out of band: number → compressed key in hex. Must be set off regtest.</summary>
    public Dictionary<string, string> Enclaves { get; set; } = [];

    internal KeymeldOptions? Client => Address is null ? null : new KeymeldOptions { BaseAddress = Address, Timeout = Timeout };

    internal KeymeldSettings? Settings => Address is null ? null : new KeymeldSettings((PublicAddress ?? Address).AbsoluteUri.TrimEnd('/'))
    {
        Pins = Enclaves.ToImmutableDictionary(pin => Number(pin.Key) ?? -1, pin => PublicKey.Parse(pin.Value)),
        Sharing = ShareSessionSecret switch
        {
            "never" => SecretSharing.Never,
            "always" => SecretSharing.Always,
            _ => SecretSharing.WhenSafe,
        },
        ProbeTime = ProbeTime,
    };

    internal IEnumerable<string> Complaints(Network network, bool needed)
    {
        if (Address is null)
        {
            if (needed)
            {
                yield return "Keymeld:Address is missing; contracts are signed through Keymeld unless Competitions:Signing is local";
            }

            yield break;
        }

        foreach (var complaint in Client!.Complaints().Concat(PinComplaints(network)))
        {
            yield return complaint;
        }

        if (PublicAddress is { } address && (!address.IsAbsoluteUri || address.Scheme is not ("http" or "https")))
        {
            yield return $"Keymeld:PublicAddress is '{address}'; it must be an http or https address";
        }

        if (ShareSessionSecret is not ("when_safe" or "never" or "always") || (ShareSessionSecret == "always" && network == Network.Mainnet))
        {
            yield return $"Keymeld:ShareSessionSecret is '{ShareSessionSecret}'; it must be when_safe or never, off mainnet also always";
        }

        if (ProbeTime < TimeSpan.FromMilliseconds(100) || ProbeTime > TimeSpan.FromSeconds(4))
        {
            yield return $"Keymeld:ProbeTime is {ProbeTime}; it must be 100 ms to 4 s";
        }
    }

    private IEnumerable<string> PinComplaints(Network network)
    {
        if (Enclaves.Count == 0 && network != Network.Regtest)
        {
            yield return $"Keymeld:Enclaves is empty; on {network} every enclave's key must be known out of band";
        }

        foreach (var (number, key) in Enclaves.Where(pin => Number(pin.Key) is null || PublicKey.TryParse(pin.Value) is null))
        {
            yield return $"Keymeld:Enclaves:{number} is '{key}'; it must be an enclave's number and its compressed key, 66 hex digits";
        }
    }

    private static int? Number(string text)
        => int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : null;
}
