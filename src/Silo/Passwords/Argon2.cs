using System.Reflection;
using System.Runtime.InteropServices;

namespace Coordinator.Silo;

/// <summary>Argon2id by libargon2 (RFC 9106, version 0x13). Pure; memory is taken for one call and wiped before it is given back.</summary>
internal static unsafe partial class Argon2
{
    private const string Library = "argon2";
    private const uint Version = 0x13;
    private static readonly string[] Names = ["libargon2.so.1", "libargon2.so.0", "argon2", "libargon2.dylib"];

    static Argon2() => NativeLibrary.SetDllImportResolver(typeof(Argon2).Assembly, Resolve);

    /// <summary>Derives <paramref name="tag"/>.</summary>
    /// <param name="tag">4 bytes or more are written.</param>
    /// <param name="secret">What is hashed.</param>
    /// <param name="salt">At least 8 bytes.</param>
    /// <param name="cost">How much work.</param>
    /// <param name="key">A key of the service's own, or empty.</param>
    /// <param name="associated">Further data, or empty.</param>
    /// <exception cref="InvalidOperationException">The library refuses the parameters, or there is not enough memory.</exception>
    /// <exception cref="DllNotFoundException">libargon2 is missing.</exception>
    public static void Derive(
        Span<byte> tag, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> salt, Argon2Cost cost, ReadOnlySpan<byte> key = default, ReadOnlySpan<byte> associated = default)
    {
        fixed (byte* tagStart = tag, secretStart = secret, saltStart = salt, keyStart = key, associatedStart = associated)
        {
            var context = new Context
            {
                Tag = tagStart,
                TagLength = (uint)tag.Length,
                Secret = secretStart,
                SecretLength = (uint)secret.Length,
                Salt = saltStart,
                SaltLength = (uint)salt.Length,
                Key = keyStart,
                KeyLength = (uint)key.Length,
                Associated = associatedStart,
                AssociatedLength = (uint)associated.Length,
                Passes = (uint)cost.Passes,
                Memory = (uint)cost.KibiBytes,
                Lanes = (uint)cost.Lanes,
                Threads = 1,
                Version = Version,
            };
            if (argon2id_ctx(&context) is not 0 and var error)
            {
                throw new InvalidOperationException($"libargon2 answers {error}");
            }
        }
    }

    private static IntPtr Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name != Library)
        {
            return IntPtr.Zero;
        }

        foreach (var candidate in Names)
        {
            if (NativeLibrary.TryLoad(candidate, assembly, path, out var handle))
            {
                return handle;
            }
        }

        throw new DllNotFoundException(
            "libargon2 is not installed. The root script ./coordinator installs it; by hand: apt-get install libargon2-1");
    }

    [LibraryImport(Library)]
    private static partial int argon2id_ctx(Context* context);

    /// <summary>The library's <c>argon2_context</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Context
    {
        public byte* Tag;
        public uint TagLength;
        public byte* Secret;
        public uint SecretLength;
        public byte* Salt;
        public uint SaltLength;
        public byte* Key;
        public uint KeyLength;
        public byte* Associated;
        public uint AssociatedLength;
        public uint Passes;
        public uint Memory;
        public uint Lanes;
        public uint Threads;
        public uint Version;
        public IntPtr Allocate;
        public IntPtr Free;
        public uint Flags;
    }
}

/// <param name="KibiBytes">Memory, at least 8 per lane.</param>
/// <param name="Passes">1 or more.</param>
/// <param name="Lanes">1 or more; all in one thread.</param>
internal readonly record struct Argon2Cost(int KibiBytes, int Passes, int Lanes)
{
    /// <summary>19 MiB, two passes, one lane: the old API's, and the least that OWASP names.</summary>
    public static Argon2Cost Default { get; } = new(19_456, 2, 1);

    /// <summary>What a stored hash may ask for: a row that was tampered with must not take the machine down.</summary>
    public bool IsBearable => KibiBytes is >= 8 and <= 262_144 && Passes is >= 1 and <= 10 && Lanes is >= 1 and <= 16 && KibiBytes >= 8 * Lanes;
}
