using System.Text;
using Coordinator.Bitcoin;
using Coordinator.Dlc;

namespace Coordinator.Node.Tests;

/// <summary>Every way to spend every output that we make, and a tree of leaves that we never make.</summary>
internal sealed class Ways
{
    public const int Delta = 17;
    private const int RefundBlocks = 12;
    private readonly PlayedContract _contract = PlayedContract.On(new OutPoint(Txid.FromWire(Hashes.Sha256("no funding"u8)), 0), new ContractShape(3, 2), 1_000_000);
    private readonly EscrowTerms _escrow;
    private readonly SecretKey _escrowPlayer = SecretKey.From(Hashes.Sha256("the escrow's player"u8));
    private readonly SecretKey _odd = SecretKey.From(Hashes.Sha256("odd"u8));

    public Ways(Purse purse)
    {
        var outcome = _contract.Rankings.First;
        var escrowHash = Hashlock.OfPreimage(EscrowPreimage);
        _escrow = new EscrowTerms(_contract.MarketMaker.PublicKey, _escrowPlayer.PublicKey, escrowHash, RefundBlocks);
        Ours =
        [
            new Way("wallet", purse.Script, 0, signing => [signing.ByKey(purse.SpendingKey)]),
            new Way("anchor", Script.PayToAnchor, 0, _ => []),
            .. OfOutcome(outcome), .. OfSplit(_contract.WinsOf(outcome)[0]), .. OfEscrow(),
        ];
        Odd = [.. OddLeaves(), .. OddScripts()];
    }

    public IReadOnlyList<Way> Ours { get; }

    public IReadOnlyList<Way> Odd { get; }

    public IEnumerable<Script> Scripts => Ours.Concat(Odd).Select(way => way.Script).Distinct();

    private static byte[] EscrowPreimage => Hashes.Sha256("the escrow's ticket"u8);

    private IEnumerable<Way> OfOutcome(Outcome outcome)
    {
        var (dlc, output) = (_contract.Dlc, _contract.Dlc.OutcomeOutput(outcome));
        var win = _contract.WinsOf(outcome)[0];
        var leaf = output.SplitLeafOf(win.PlayerIndex);
        var funding = _contract.GroupSecret(dlc.FundingKey);
        var joint = _contract.GroupSecret(output.Members);
        var close = _contract.GroupSecret(output.Members.WithTaprootTweak(output.Taproot.MerkleRoot));
        var control = output.Taproot.ControlBlock(leaf).ToBytes();
        yield return new Way("funding", dlc.FundingOutput.ScriptPubKey, 0, signing => [signing.ByKey(funding)]);
        yield return new Way("outcome close", output.Taproot.ScriptPubKey, 0, signing => [signing.ByKey(close)]);
        yield return new Way("split leaf", output.Taproot.ScriptPubKey, 0, signing =>
            [signing.ByLeaf(joint, leaf), _contract.TicketPreimage(win.PlayerIndex), leaf.Script.ToBytes(), control]);
        yield return ByLeaf("outcome reclaim", output.Taproot, output.ReclaimLeaf, 2 * Delta, _contract.MarketMaker);
    }

    private IEnumerable<Way> OfSplit(WinCondition win)
    {
        var output = _contract.Dlc.SplitOutput(win.PlayerIndex);
        var close = _contract.GroupSecret(output.Members.WithTaprootTweak(output.Taproot.MerkleRoot));
        yield return new Way("split close", output.Taproot.ScriptPubKey, 0, signing => [signing.ByKey(close)]);
        yield return ByLeaf("win", output.Taproot, output.WinLeaf, Delta, _contract.Players[win.PlayerIndex], _contract.TicketPreimage(win.PlayerIndex));
        yield return ByLeaf("sell-back", output.Taproot, output.SellbackLeaf, 0, _contract.MarketMaker, _contract.PayoutPreimage(win.PlayerIndex));
        yield return ByLeaf("split reclaim", output.Taproot, output.ReclaimLeaf, 2 * Delta, _contract.MarketMaker);
    }

    private IEnumerable<Way> OfEscrow()
    {
        var script = _escrow.WitnessScript;
        yield return new Way("escrow together", _escrow.ScriptPubKey, 0, signing =>
            [.. _escrow.TogetherWitness(signing.Ecdsa(_contract.MarketMaker, script), signing.Ecdsa(_escrowPlayer, script))]);
        yield return new Way("escrow refund", _escrow.ScriptPubKey, _escrow.RefundBlocks, signing =>
            [.. _escrow.RefundWitness(signing.Ecdsa(_escrowPlayer, script), EscrowPreimage)]);
        yield return new Way("escrow reclaim", _escrow.ScriptPubKey, _escrow.ReclaimBlocks, signing =>
            [.. _escrow.ReclaimWitness(signing.Ecdsa(_contract.MarketMaker, script))]);
    }

    private static Way ByLeaf(string name, TaprootOutput output, TapLeaf leaf, int blocks, SecretKey key, params byte[][] before)
    {
        var control = output.ControlBlock(leaf).ToBytes();
        return new Way(name, output.ScriptPubKey, blocks, signing => [signing.ByLeaf(key, leaf), .. before, leaf.Script.ToBytes(), control]);
    }

    /// <summary>No leaf with a right IF: Knots refuses every IF of a tapscript (BIP-110), Core does not, and none of ours has one.</summary>
    private IEnumerable<Way> OddLeaves()
    {
        ScriptBuilder Start() => new ScriptBuilder().Key(_odd.XOnly);
        (string Name, TapLeaf Leaf, byte[][] Before)[] leaves =
        [
            ("OP_SUCCESS", new TapLeaf(new Script([0x50, .. Start().Op(Opcode.CheckSig).Build().Bytes])), []),
            ("OP_SUCCESS behind", new TapLeaf(new Script([.. Start().Op(Opcode.CheckSig).Build().Bytes, 0xbb])), []),
            ("leaf version", new TapLeaf(Start().Op(Opcode.CheckSig).Build(), 0xc2), []),
            ("multisig", new TapLeaf(Start().Op(Opcode.CheckMultiSig).Build()), []),
            ("nop", new TapLeaf(new Script([0xb0, .. Start().Op(Opcode.CheckSig).Build().Bytes])), []),
            ("return", new TapLeaf(Start().Op(Opcode.CheckSig, Opcode.Return).Build()), []),
            ("unbalanced", new TapLeaf(Start().Op(Opcode.CheckSig, Opcode.If).Build()), []),
            ("add", new TapLeaf(new ScriptBuilder().Number(0).Key(_odd.XOnly).Op(Opcode.CheckSigAdd).Number(1).Op(Opcode.NumEqual).Build()), []),
            ("long key", new TapLeaf(new ScriptBuilder().Data([.. _odd.PublicKey.Bytes]).Op(Opcode.CheckSig).Build()), []),
            ("not minimal", new TapLeaf(new Script([0x01, 0x05, 0x75, .. Start().Op(Opcode.CheckSig).Build().Bytes])), []),
            ("two left", new TapLeaf(Start().Op(Opcode.CheckSig).Number(1).Build()), []),
            ("if not minimal", new TapLeaf(new ScriptBuilder().Op(Opcode.If).Key(_odd.XOnly).Op(Opcode.CheckSig, Opcode.EndIf).Build()), [[2]]),
            ("budget", new TapLeaf(Budget()), []),
            ("lock time", new TapLeaf(Start().Op(Opcode.CheckSigVerify).Number(150).Op(Opcode.CheckLockTimeVerify).Build()), []),
            ("empty", new TapLeaf(Script.Empty), [[1]]),
            ("truncated", new TapLeaf(new Script([0x4c])), []),
        ];
        var tree = TapTree.Huffman(leaves.Select(leaf => (1u, leaf.Leaf)));
        var output = TaprootOutput.WithScripts(_contract.MarketMaker.XOnly, tree);
        foreach (var (name, leaf, before) in leaves)
        {
            var needsNone = name is "empty" or "truncated";
            var right = ByLeaf($"odd {name}", output, leaf, 0, _odd, before);
            yield return needsNone ? right with { Witness = signing => right.Witness(signing)[1..] } : right;
        }
    }

    /// <summary>One key checked ever again: more than a short witness pays for.</summary>
    private Script Budget()
    {
        var script = new ScriptBuilder();
        for (var i = 0; i < 6; i++)
        {
            script.Op(Opcode.Dup).Key(_odd.XOnly).Op(Opcode.CheckSigVerify);
        }

        return script.Key(_odd.XOnly).Op(Opcode.CheckSig).Build();
    }

    private IEnumerable<Way> OddScripts()
    {
        (string Name, Script Script)[] scripts =
        [
            ("v0 key", new ScriptBuilder().Key(_odd.PublicKey).Op(Opcode.CheckSig).Build()),
            ("v0 separator", new ScriptBuilder().Op(Opcode.CodeSeparator).Key(_odd.PublicKey).Op(Opcode.CheckSig).Build()),
            ("v0 nop", new ScriptBuilder().Key(_odd.PublicKey).Op(Opcode.CheckSig).Build() is { } known ? new Script([0xb0, .. known.Bytes]) : Script.Empty),
            ("v0 success", new Script([0x50, .. new ScriptBuilder().Key(_odd.PublicKey).Op(Opcode.CheckSig).Build().Bytes])),
            ("v0 large", new Script([.. Enumerable.Repeat((byte)0x61, 190), .. Large(), .. new ScriptBuilder().Key(_odd.PublicKey).Op(Opcode.CheckSig).Build().Bytes])),
        ];
        foreach (var (name, script) in scripts)
        {
            var signed = name == "v0 separator" ? new Script(script.Bytes[1..]) : script;
            yield return new Way($"odd {name}", Script.PayToWitnessScriptHash(script), 0, signing => [signing.Ecdsa(_odd, signed), script.ToBytes()]);
        }

        var hash = Script.PayToWitnessPubkeyHash(_odd.PublicKey);
        var code = new Script(SighashCache.PubkeyHashScriptCode(hash.Bytes[2..]));
        yield return new Way("key hash", hash, 0, signing => [signing.Ecdsa(_odd, code), _odd.PublicKey.Bytes.ToArray()]);
    }

    /// <summary>Pushes and drops until the script is larger than what is relayed.</summary>
    private static byte[] Large()
    {
        var drop = new ScriptBuilder().Data(Encoding.UTF8.GetBytes(new string('x', 500))).Build().ToBytes();
        return [.. Enumerable.Range(0, 7).SelectMany(_ => (byte[])[.. drop, 0x75])];
    }
}
