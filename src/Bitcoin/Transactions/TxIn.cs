using System.Collections.Immutable;

namespace Coordinator.Bitcoin;

/// <summary>A transaction input. Witness items are never changed after construction.</summary>
/// <param name="PreviousOutput">The output it spends.</param>
/// <param name="ScriptSig">Empty for segwit.</param>
/// <param name="Sequence">nSequence as on the wire.</param>
/// <param name="Witness">The witness stack, first item first; empty where there is none.</param>
public sealed record TxIn(OutPoint PreviousOutput, Script ScriptSig, uint Sequence, ImmutableArray<byte[]> Witness)
{
    /// <summary>No relative lock time, no lock time, no replacement signal.</summary>
    public const uint SequenceFinal = 0xffff_ffff;

    /// <summary>Replaceable and lock-time enabled, without a relative lock time.</summary>
    public const uint SequenceReplaceable = 0xffff_fffd;

    public TxIn(OutPoint previousOutput, uint sequence = SequenceFinal)
        : this(previousOutput, Script.Empty, sequence, [])
    {
    }
}
