using System.Text.Json;
using Coordinator.Testing;

namespace Coordinator.Bitcoin.Tests;

/// <summary>Reading the published MuSig files.</summary>
internal static class MuSigVectors
{
    public static JsonElement Bip327(string name)
    {
        using var document = VectorFiles.ReadJson("bips", "bip-0327", name + "_vectors.json");
        return document.RootElement.Clone();
    }

    public static JsonElement Dlctix(string section)
    {
        using var document = VectorFiles.ReadJson("dlctix", "musig2.json");
        return document.RootElement.GetProperty(section).Clone();
    }

    public static byte[] Bytes(this JsonElement element) => Hex.Decode(element.GetString()!);

    public static byte[] Bytes(this JsonElement element, string name) => element.GetProperty(name).Bytes();

    public static IReadOnlyList<JsonElement> Items(this JsonElement element, string name) => [.. element.GetProperty(name).EnumerateArray()];

    /// <summary>The entries of <paramref name="pool"/> that the case's index list names.</summary>
    public static IReadOnlyList<byte[]> Pick(this JsonElement file, string pool, JsonElement given, string indices)
        => [.. given.GetProperty(indices).EnumerateArray().Select(index => file.GetProperty(pool)[index.GetInt32()].Bytes())];

    public static string Comment(this JsonElement given) => given.TryGetProperty("comment", out var comment) ? comment.GetString()! : given.ToString();

    public static KeyAggregate Tweaked(KeyAggregate keys, IReadOnlyList<byte[]> tweaks, JsonElement given)
    {
        for (var i = 0; i < tweaks.Count; i++)
        {
            keys = given.GetProperty("is_xonly")[i].GetBoolean() ? keys.WithXOnlyTweak(tweaks[i]) : keys.WithPlainTweak(tweaks[i]);
        }

        return keys;
    }

    /// <summary>Asserts that the refusal is the published one, blame included.</summary>
    public static void AssertRefused(JsonElement given, Action action)
    {
        var error = given.GetProperty("error");
        var refusal = Assert.Throws<MuSigException>(action);
        if (error.Text("type") == "invalid_contribution")
        {
            var signer = error.GetProperty("signer");
            Assert.True(refusal.Contribution == error.Text("contrib"), given.Comment());
            Assert.True(refusal.Signer == (signer.ValueKind == JsonValueKind.Null ? null : signer.GetInt32()), given.Comment());
        }
    }
}
