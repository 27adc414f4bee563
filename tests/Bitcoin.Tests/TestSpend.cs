namespace Coordinator.Bitcoin.Tests;

/// <summary>One input that spends one output, for questions to the interpreter.</summary>
internal sealed record TestSpend(Script Output, Script? Script = null, TapLeaf? Leaf = null, TaprootOutput? Taproot = null)
{
    private static readonly Satoshis Amount = Satoshis.Of(100_000);

    public int Version { get; init; } = 2;

    public uint LockTime { get; init; }

    public uint Sequence { get; init; }

    public static SecretKey Key(byte seed) => SecretKey.From(Hashes.Sha256([seed]));

    public static TestSpend WitnessScript(Script script) => new(Coordinator.Bitcoin.Script.PayToWitnessScriptHash(script), script);

    public static TestSpend Tapscript(Script script)
    {
        using var key = Key(99);
        var leaf = new TapLeaf(script);
        var other = new TapLeaf(new ScriptBuilder().Op(Opcode.One).Build());
        var output = TaprootOutput.WithScripts(key.XOnly, TapTree.Join(TapTree.Of(leaf), TapTree.Of(other)));
        return new(output.ScriptPubKey, script, leaf, output);
    }

    public TxOut Prevout => new(Amount, Output);

    public Transaction Unsigned => new(
        Version,
        [new TxIn(new OutPoint(Txid.FromWire(Hashes.Sha256("parent"u8)), 1), Sequence)],
        [new TxOut(Satoshis.Of(99_000), Coordinator.Bitcoin.Script.PayToAnchor)],
        LockTime);

    public SighashCache Cache => new(Unsigned, [Prevout]);

    public byte[] Ecdsa(SecretKey key, SighashType type = SighashType.All)
        => [.. Secp256k1.EcdsaSignDer(key, Cache.WitnessV0(0, Script!.Bytes, type)), (byte)type];

    public byte[] Schnorr(SecretKey key, SighashType type = SighashType.Default)
    {
        var signature = Secp256k1.SchnorrSign(key, Cache.TaprootScriptPath(0, Leaf!, type), new byte[32]);
        return type == SighashType.Default ? signature : [.. signature, (byte)type];
    }

    /// <summary>The witness items before the script; script and control block are added.</summary>
    public TransactionRefusal? Try(params byte[][] items) => TryRaw(Leaf is { } leaf
        ? [.. items, leaf.Script.ToBytes(), Taproot!.ControlBlock(leaf).ToBytes()]
        : Script is { } script ? [.. items, script.ToBytes()] : items);

    public TransactionRefusal? TryRaw(params byte[][] witness) => TransactionVerifier.VerifyScripts(Unsigned.WithWitness(0, witness), [Prevout]);

    public ScriptError? Error(params byte[][] items) => Try(items)?.Script;
}
