namespace Coordinator.Bitcoin;

/// <summary>What a MuSig call refused. Never carries a secret.</summary>
public sealed class MuSigException : Exception
{
    public MuSigException(string message)
        : base(message)
    {
    }

    /// <summary>Names the signer whose contribution is not acceptable (BIP-327, "invalid contribution").</summary>
    public MuSigException(string message, int? signer, string contribution)
        : base(message)
    {
        Signer = signer;
        Contribution = contribution;
    }

    /// <summary>The position of the signer to blame in the list that was given, or null where nobody in it is.</summary>
    public int? Signer { get; }

    /// <summary>What that signer contributed wrongly: <c>pubkey</c>, <c>pubnonce</c>, <c>aggnonce</c> or <c>psig</c>.</summary>
    public string? Contribution { get; }
}
