using System.Globalization;

namespace Coordinator.Keymeld;

/// <summary>Which gateways we can talk to.</summary>
public static class KeymeldProtocol
{
    /// <summary>What a gateway calls itself.</summary>
    public const string Service = "KeyMeld Gateway";

    /// <summary>The API of protocol 0.3, whose package version is 0.1.0.</summary>
    public const string ApiVersion = "v1";

    private const int LastMinor = 3;

    /// <summary>Why we cannot talk to a gateway, one sentence that names it; null where it speaks protocol 0.3.</summary>
    public static string? Refusal(GatewayVersion version)
    {
        ArgumentNullException.ThrowIfNull(version);
        var name = Wire.ErrorText.Line($"'{version.Service}' version {version.Version}, api {version.ApiVersion}");
        if (version.Service != Service)
        {
            return $"{name} is not a {Service}";
        }

        if (version.AuthorizationProtocol is { } authorization)
        {
            return $"{name} asks for authorization protocol {authorization} (Keymeld 0.4); this program speaks Keymeld 0.3 only";
        }

        return version.ApiVersion == ApiVersion && IsKnown(version.Version)
            ? null
            : $"{name} is not known; this program speaks Keymeld 0.3 only (version 0.1.0, api {ApiVersion})";
    }

    /// <summary>0.1 to 0.3, any patch.</summary>
    private static bool IsKnown(string version)
        => version.Split('.') is ["0", var minor, var patch]
            && int.TryParse(minor, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= LastMinor
            && int.TryParse(patch, NumberStyles.None, CultureInfo.InvariantCulture, out _);
}
