using System.Globalization;
using System.Text.RegularExpressions;

namespace Coordinator.Silo;

/// <summary>A hash as PHC text: <c>$argon2id$v=19$m=19456,t=2,p=1$salt$hash</c>, base64 without padding.</summary>
/// <param name="Cost">How it was made.</param>
/// <param name="Salt">8 to 64 bytes.</param>
/// <param name="Hash">16 to 64 bytes.</param>
internal sealed partial record PasswordText(Argon2Cost Cost, byte[] Salt, byte[] Hash)
{
    public override string ToString() => FormattableString.Invariant(
        $"$argon2id$v=19$m={Cost.KibiBytes},t={Cost.Passes},p={Cost.Lanes}${Base64(Salt)}${Base64(Hash)}");

    /// <summary>Null for anything that is no such text or asks for more work than is bearable.</summary>
    public static PasswordText? TryParse(string text)
    {
        if (text.Length > 300 || Form().Match(text) is not { Success: true } match
            || TryBytes(match.Groups["salt"].Value) is not { Length: >= 8 and <= 64 } salt
            || TryBytes(match.Groups["hash"].Value) is not { Length: >= 16 and <= 64 } hash)
        {
            return null;
        }

        var cost = new Argon2Cost(Number(match, "m"), Number(match, "t"), Number(match, "p"));
        return cost.IsBearable ? new(cost, salt, hash) : null;
    }

    private static int Number(Match match, string name) => int.Parse(match.Groups[name].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);

    private static string Base64(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=');

    private static byte[]? TryBytes(string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text.PadRight((text.Length + 3) / 4 * 4, '='), bytes, out var written) ? bytes[..written] : null;
    }

    [GeneratedRegex(
        """^\$argon2id\$v=19\$m=(?<m>[0-9]{1,7}),t=(?<t>[0-9]{1,3}),p=(?<p>[0-9]{1,3})\$(?<salt>[A-Za-z0-9+/]+)\$(?<hash>[A-Za-z0-9+/]+)\z""",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Form();
}
