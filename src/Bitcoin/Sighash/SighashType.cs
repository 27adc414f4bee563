namespace Coordinator.Bitcoin;

/// <summary>What a signature commits to. Flags combine with <see cref="AnyoneCanPay"/>.</summary>
[Flags]
public enum SighashType : byte
{
    /// <summary>Taproot only: everything, without a type byte in the signature.</summary>
    Default = 0x00,

    /// <summary>All inputs and all outputs.</summary>
    All = 0x01,

    /// <summary>All inputs, no output.</summary>
    None = 0x02,

    /// <summary>All inputs and the output with the input's index.</summary>
    Single = 0x03,

    /// <summary>Only this input.</summary>
    AnyoneCanPay = 0x80,
}

/// <summary>Rules about sighash type bytes.</summary>
public static class SighashTypes
{
    /// <summary>True for 0, 1, 2, 3, 81, 82, 83 (BIP-341, "Common signature message").</summary>
    public static bool IsTaproot(byte type) => type is <= 0x03 or (>= 0x81 and <= 0x83);

    /// <summary>True for 1, 2, 3, 81, 82, 83: the types that relay (STRICTENC).</summary>
    public static bool IsDefinedV0(byte type) => type is (>= 0x01 and <= 0x03) or (>= 0x81 and <= 0x83);
}
