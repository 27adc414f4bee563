using System.Reflection;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Coordinator.Bitcoin;

/// <summary>
/// libsecp256k1 by P/Invoke (version 0.2.0 or later). Opaque keys are 64 bytes, key pairs 96, recoverable signatures 65; lengths are the
/// caller's duty. Scalars must be reduced and non-zero: the calls answer 0 otherwise.
/// </summary>
internal static unsafe partial class Native
{
    private const string Library = "secp256k1";
    private const uint ContextNone = 1;

    /// <summary>Compressed serialisation flag of <c>secp256k1_ec_pubkey_serialize</c>.</summary>
    public const uint Compressed = 258;

    private static readonly string[] Names =
    [
        "libsecp256k1.so.6", "libsecp256k1.so.5", "libsecp256k1.so.2", "libsecp256k1.so.1", "libsecp256k1.so.0", "secp256k1",
        "libsecp256k1.dylib",
    ];

    /// <summary>The shared context, blinded once at start; every call made with it is thread-safe.</summary>
    public static readonly IntPtr Context = Create();

    private static IntPtr Create()
    {
        NativeLibrary.SetDllImportResolver(typeof(Native).Assembly, Resolve);
        var context = secp256k1_context_create(ContextNone);
        var seed = RandomNumberGenerator.GetBytes(32);
        fixed (byte* pointer = seed)
        {
            if (secp256k1_context_randomize(context, pointer) != 1)
            {
                throw new InvalidOperationException("libsecp256k1 refused to randomize its context");
            }
        }

        CryptographicOperations.ZeroMemory(seed);
        return context;
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
            "libsecp256k1 is not installed. The root script ./coordinator installs it; by hand: apt-get install libsecp256k1-dev");
    }

    [LibraryImport(Library)]
    private static partial IntPtr secp256k1_context_create(uint flags);

    [LibraryImport(Library)]
    private static partial int secp256k1_context_randomize(IntPtr context, byte* seed32);

    [LibraryImport(Library)]
    public static partial int secp256k1_ec_pubkey_parse(IntPtr context, byte* pubkey64, byte* input, nuint length);

    [LibraryImport(Library)]
    public static partial int secp256k1_ec_pubkey_serialize(IntPtr context, byte* output, nuint* length, byte* pubkey64, uint flags);

    [LibraryImport(Library)]
    public static partial int secp256k1_ec_pubkey_create(IntPtr context, byte* pubkey64, byte* seckey32);

    [LibraryImport(Library)]
    public static partial int secp256k1_ec_pubkey_negate(IntPtr context, byte* pubkey64);

    [LibraryImport(Library)]
    public static partial int secp256k1_ec_pubkey_tweak_add(IntPtr context, byte* pubkey64, byte* tweak32);

    [LibraryImport(Library)]
    public static partial int secp256k1_ec_pubkey_tweak_mul(IntPtr context, byte* pubkey64, byte* tweak32);

    [LibraryImport(Library)]
    public static partial int secp256k1_ec_pubkey_combine(IntPtr context, byte* output64, byte** inputs, nuint count);

    [LibraryImport(Library)]
    public static partial int secp256k1_ec_pubkey_cmp(IntPtr context, byte* left64, byte* right64);

    [LibraryImport(Library)]
    public static partial int secp256k1_ec_seckey_verify(IntPtr context, byte* seckey32);

    [LibraryImport(Library)]
    public static partial int secp256k1_ec_seckey_negate(IntPtr context, byte* seckey32);

    [LibraryImport(Library)]
    public static partial int secp256k1_ec_seckey_tweak_add(IntPtr context, byte* seckey32, byte* tweak32);

    [LibraryImport(Library)]
    public static partial int secp256k1_ec_seckey_tweak_mul(IntPtr context, byte* seckey32, byte* tweak32);

    [LibraryImport(Library)]
    public static partial int secp256k1_xonly_pubkey_parse(IntPtr context, byte* xonly64, byte* input32);

    [LibraryImport(Library)]
    public static partial int secp256k1_xonly_pubkey_serialize(IntPtr context, byte* output32, byte* xonly64);

    [LibraryImport(Library)]
    public static partial int secp256k1_xonly_pubkey_from_pubkey(IntPtr context, byte* xonly64, int* parity, byte* pubkey64);

    [LibraryImport(Library)]
    public static partial int secp256k1_xonly_pubkey_tweak_add(IntPtr context, byte* pubkey64, byte* xonly64, byte* tweak32);

    [LibraryImport(Library)]
    public static partial int secp256k1_keypair_create(IntPtr context, byte* keypair96, byte* seckey32);

    [LibraryImport(Library)]
    public static partial int secp256k1_keypair_sec(IntPtr context, byte* seckey32, byte* keypair96);

    [LibraryImport(Library)]
    public static partial int secp256k1_keypair_xonly_tweak_add(IntPtr context, byte* keypair96, byte* tweak32);

    [LibraryImport(Library)]
    public static partial int secp256k1_schnorrsig_sign32(IntPtr context, byte* sig64, byte* message32, byte* keypair96, byte* auxiliary32);

    [LibraryImport(Library)]
    public static partial int secp256k1_schnorrsig_sign_custom(
        IntPtr context, byte* sig64, byte* message, nuint length, byte* keypair96, IntPtr extra);

    [LibraryImport(Library)]
    public static partial int secp256k1_schnorrsig_verify(IntPtr context, byte* sig64, byte* message, nuint length, byte* xonly64);

    [LibraryImport(Library)]
    public static partial int secp256k1_ecdsa_sign(IntPtr context, byte* sig64, byte* hash32, byte* seckey32, IntPtr nonce, IntPtr data);

    [LibraryImport(Library)]
    public static partial int secp256k1_ecdsa_verify(IntPtr context, byte* sig64, byte* hash32, byte* pubkey64);

    [LibraryImport(Library)]
    public static partial int secp256k1_ecdsa_signature_parse_compact(IntPtr context, byte* sig64, byte* input64);

    [LibraryImport(Library)]
    public static partial int secp256k1_ecdsa_signature_serialize_compact(IntPtr context, byte* output64, byte* sig64);

    [LibraryImport(Library)]
    public static partial int secp256k1_ecdsa_signature_parse_der(IntPtr context, byte* sig64, byte* input, nuint length);

    [LibraryImport(Library)]
    public static partial int secp256k1_ecdsa_signature_serialize_der(IntPtr context, byte* output, nuint* length, byte* sig64);

    [LibraryImport(Library)]
    public static partial int secp256k1_ecdsa_signature_normalize(IntPtr context, byte* output64, byte* sig64);

    [LibraryImport(Library)]
    public static partial int secp256k1_ecdsa_sign_recoverable(
        IntPtr context, byte* sig65, byte* hash32, byte* seckey32, IntPtr nonce, IntPtr data);

    [LibraryImport(Library)]
    public static partial int secp256k1_ecdsa_recoverable_signature_parse_compact(IntPtr context, byte* sig65, byte* input64, int recovery);

    [LibraryImport(Library)]
    public static partial int secp256k1_ecdsa_recoverable_signature_serialize_compact(
        IntPtr context, byte* output64, int* recovery, byte* sig65);

    [LibraryImport(Library)]
    public static partial int secp256k1_ecdsa_recover(IntPtr context, byte* pubkey64, byte* sig65, byte* hash32);

    [LibraryImport(Library)]
    public static partial int secp256k1_ecdh(
        IntPtr context, byte* output32, byte* pubkey64, byte* seckey32, delegate* unmanaged[Cdecl]<byte*, byte*, byte*, void*, int> hash, void* data);
}
