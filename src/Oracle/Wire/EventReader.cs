using System.Collections.Immutable;
using System.Text.Json;
using Coordinator.Bitcoin;

namespace Coordinator.Oracle.Wire;

/// <summary>Turns the oracle's answer into an <see cref="OracleEvent"/>, looking for secret nonces on the way.</summary>
internal static class EventReader
{
    private const int MaximumScalars = 64;

    /// <exception cref="JsonException">Not an event.</exception>
    internal static OracleEvent Read(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 16 });
        var body = document.RootElement.Deserialize(OracleJson.Default.EventBody) ?? throw new JsonException("the event is null");
        var nonceOfV1 = PointOf(body.Nonce);
        var noncePoint = PublicKey.TryParse(body.NoncePoint) ?? nonceOfV1;
        if (body.NoncePoint is not null && PublicKey.TryParse(body.NoncePoint) is null)
        {
            throw new JsonException("nonce_point is not a point");
        }

        return new OracleEvent
        {
            Id = body.Id,
            SigningDate = body.SigningDate,
            StartObservationDate = body.StartObservationDate,
            EndObservationDate = body.EndObservationDate,
            TotalAllowedEntries = body.TotalAllowedEntries,
            NumberOfPlacesWin = body.NumberOfPlacesWin,
            Status = body.Status,
            EntryIds = body.EntryIds ?? [],
            Entries = [.. (body.Entries ?? []).Select(entry => new ShownEntry(entry.Id, entry.Score, entry.BaseScore))],
            NoncePoint = noncePoint,
            RevealsNonce = noncePoint is not null && Reveals(document.RootElement, noncePoint),
            LockingPoints = body.EventAnnouncement?.LockingPoints ?? [],
            Expiry = body.EventAnnouncement?.Expiry,
            Attestation = Attestation(body.Attestation),
        };
    }

    private static ImmutableArray<byte> Attestation(string? hex)
        => hex is null ? [] : Hex.TryDecode(hex, 32, out var bytes) ? [.. bytes]
            : throw new JsonException("the attestation is not 64 hex digits");

    private static PublicKey? PointOf(string? scalarHex)
    {
        if (!Hex.TryDecode(scalarHex, 32, out var bytes))
        {
            return null;
        }

        using var scalar = SecretKey.TryFrom(bytes);
        System.Security.Cryptography.CryptographicOperations.ZeroMemory(bytes);
        return scalar?.PublicKey;
    }

    /// <summary>True where some string of the answer, whatever its name, is a scalar whose point has the nonce point's x.</summary>
    private static bool Reveals(JsonElement root, PublicKey noncePoint)
    {
        var scalars = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        Collect(root, scalars);
        return scalars.Any(scalar => PointOf(scalar)?.XOnly.Equals(noncePoint.XOnly) == true);
    }

    private static void Collect(JsonElement element, HashSet<string> scalars)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in element.EnumerateObject())
                {
                    Collect(member.Value, scalars);
                }

                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                {
                    Collect(item, scalars);
                }

                break;
            case JsonValueKind.String when element.GetString() is { Length: 64 } text && Hex.TryDecode(text, 32, out _):
                scalars.Add(text);
                if (scalars.Count > MaximumScalars)
                {
                    throw new JsonException("more scalars than an event has");
                }

                break;
            default:
                break;
        }
    }
}
