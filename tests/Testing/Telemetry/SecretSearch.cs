using System.Text;

namespace Coordinator.Testing;

/// <summary>Looks for secrets in what came out, in every form that somebody might have written them in.</summary>
public sealed class SecretSearch
{
    private const string Bech32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    private readonly List<(string Name, string Form)> _forms = [];

    /// <summary>How many secrets are looked for.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes: in hex of both cases and both orders, in base64 of both alphabets, in the words of bech32, and as they are.</summary>
    public SecretSearch Add(string name, byte[] secret)
    {
        if (secret.Length < 16)
        {
            throw new ArgumentException($"{name} is too short to be looked for", nameof(secret));
        }

        byte[] backwards = [.. secret.Reverse()];
        var base64 = Convert.ToBase64String(secret).TrimEnd('=');
        Add(name, Convert.ToHexStringLower(secret), Convert.ToHexString(secret), Convert.ToHexStringLower(backwards), Convert.ToHexString(backwards));
        // The last character may be followed by something that was encoded with it.
        Add(name, base64[..^1], base64[..^1].Replace('+', '-').Replace('/', '_'), Words(secret), Encoding.Latin1.GetString(secret));
        Count++;
        return this;
    }

    /// <summary>A text: as it is, and its bytes in every form.</summary>
    public SecretSearch Add(string name, string secret)
    {
        Add(name, Encoding.UTF8.GetBytes(secret));
        _forms.Add((name, secret));
        return this;
    }

    /// <summary>Which secrets stand in a text, each with the form it has there.</summary>
    public IReadOnlyList<string> In(string text)
        => [.. _forms.Where(form => text.Contains(form.Form, StringComparison.Ordinal)).Select(form => $"{form.Name} ({form.Form[..8]}…)").Distinct(StringComparer.Ordinal)];

    private void Add(string name, params ReadOnlySpan<string> forms)
    {
        foreach (var form in forms)
        {
            _forms.Add((name, form));
        }
    }

    /// <summary>Whole groups of five bits only.</summary>
    private static string Words(byte[] bytes)
    {
        var text = new StringBuilder();
        var (bits, count) = (0, 0);
        foreach (var one in bytes)
        {
            (bits, count) = (((bits << 8) | one) & 0xfff, count + 8);
            for (; count >= 5; count -= 5)
            {
                text.Append(Bech32[(bits >> (count - 5)) & 31]);
            }
        }

        return text.ToString();
    }
}
