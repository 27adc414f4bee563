using System.Text;
using Coordinator.Bitcoin;

namespace Coordinator.Grains;

/// <summary>What names and credentials may look like; the first complaint wins, in the old API's words and order (http-api §6.3).</summary>
internal static class UserRules
{
    private const int MostPasswordBytes = 1_024;

    public static Problem? Username(string name)
        => Encoding.UTF8.GetByteCount(name) < 3 ? Bad("Username must be at least 3 characters")
            : Encoding.UTF8.GetByteCount(name) > 32 ? Bad("Username must be at most 32 characters")
            : !name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-')
                ? Bad("Username can only contain letters, numbers, underscores, and hyphens")
            : !char.IsAsciiLetter(name[0]) ? Bad("Username must start with a letter")
            : null;

    /// <summary>Whether a new credential may be set.</summary>
    public static Problem? NewCredential(Credential credential, UserSettings settings)
        => Scheme(credential, settings) ?? (credential.Scheme == CredentialScheme.Password ? Password(credential.Secret) : null);

    /// <summary>Whether a credential may be shown at all.</summary>
    public static Problem? Scheme(Credential credential, UserSettings settings) => credential.Scheme switch
    {
        CredentialScheme.Password when !settings.AcceptPasswords => Problems.Invalid(
            "password_not_taken", "Send auth_key, derived from the password in the browser, instead of the password"),
        CredentialScheme.Password => null,
        CredentialScheme.AuthKey => Hex.TryDecode(credential.Secret, 32, out _) && !credential.Secret.AsSpan().ContainsAnyInRange('A', 'F')
            ? null
            : Problems.Invalid("auth_key", "auth_key must be 64 lower-case hex digits"),
    };

    private static Problem? Password(string password)
        => Encoding.UTF8.GetByteCount(password) < 10 ? Weak("Password must be at least 10 characters")
            : !password.Any(char.IsLower) ? Weak("Password must contain a lowercase letter")
            : !password.Any(char.IsUpper) ? Weak("Password must contain an uppercase letter")
            : !password.Any(char.IsNumber) ? Weak("Password must contain a number")
            : password.All(char.IsLetterOrDigit) ? Weak("Password must contain a special character")
            : Encoding.UTF8.GetByteCount(password) > MostPasswordBytes ? Weak("Failed to process password")
            : null;

    private static Problem Bad(string detail) => Problems.Invalid("username", detail);

    private static Problem Weak(string detail) => Problems.Invalid("weak_password", detail);
}
