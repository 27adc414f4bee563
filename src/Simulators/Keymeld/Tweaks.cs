using System.Text.Json;
using Coordinator.Bitcoin;
using Coordinator.Keymeld;
using Coordinator.Keymeld.Wire;

namespace Coordinator.Simulators.Keymeld;

/// <summary>Reads and applies tweaks (keymeld.md §8.2).</summary>
internal static class Tweaks
{
    /// <summary>As the reference's enclaves: what cannot be opened is none.</summary>
    internal static TaprootTweakText OfSession(SessionSecret secret, string encrypted)
        => TryOpen(secret, EnvelopeContext.TaprootTweak, encrypted) ?? TaprootTweakText.None;

    /// <summary>The tweak in an envelope; null where there is none.</summary>
    internal static TaprootTweakText? TryOpen(SessionSecret secret, string context, string encrypted)
    {
        try
        {
            return SymmetricEnvelope.TryDecrypt(secret, context, encrypted) is { } json
                && JsonSerializer.Deserialize(json, KeymeldJson.Default.TaprootTweakText) is { } tweak && IsKnown(tweak) ? tweak : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    /// <exception cref="MuSigException">The tweak is not a scalar, or gives infinity.</exception>
    internal static KeyAggregate Apply(TaprootTweakText tweak, KeyAggregate keys) => tweak.Type switch
    {
        "unspendable_taproot" => keys.WithTaprootTweak([]),
        "taproot_with_merkle_root" => keys.WithTaprootTweak(tweak.MerkleRoot),
        "plain_tweak" => keys.WithPlainTweak(tweak.Tweak),
        "x_only_tweak" => keys.WithXOnlyTweak(tweak.Tweak),
        _ => keys,
    };

    private static bool IsKnown(TaprootTweakText tweak) => tweak.Type switch
    {
        "none" or "unspendable_taproot" => true,
        "taproot_with_merkle_root" => tweak.MerkleRoot is { Length: 32 },
        "plain_tweak" or "x_only_tweak" => tweak.Tweak is { Length: 32 },
        _ => false,
    };
}
