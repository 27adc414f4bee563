namespace Coordinator.Bitcoin.Tests;

/// <summary>Script numbers, pushes, trees and the amounts of bytes they take.</summary>
public sealed class ScriptTests
{
    [Theory]
    [InlineData(0, "00")]
    [InlineData(1, "51")]
    [InlineData(16, "60")]
    [InlineData(-1, "4f")]
    [InlineData(17, "0111")]
    [InlineData(127, "017f")]
    [InlineData(128, "028000")]
    [InlineData(144, "029000")]
    [InlineData(-128, "028080")]
    [InlineData(32_767, "02ff7f")]
    [InlineData(32_768, "03008000")]
    [InlineData(500_000_000, "040065cd1d")]
    [InlineData(4_294_967_295, "05ffffffff00")]
    public void Numbers_are_pushed_in_their_shortest_form(long value, string hex)
    {
        Assert.Equal(hex, new ScriptBuilder().Number(value).Build().ToHex());
        Assert.Equal(value, ScriptNumber.TryDecode(ScriptNumber.Encode(value), 5));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(75)]
    [InlineData(76)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(520)]
    public void Data_of_every_length_is_pushed_minimally_and_read_back(int length)
    {
        var data = Enumerable.Repeat((byte)0xee, length).ToArray();
        var reader = new ScriptReader(new ScriptBuilder().Data(data).Build().Bytes);
        var step = reader.Next();
        Assert.True(step.IsMinimalPush);
        Assert.Equal(data, step.Data.ToArray());
        Assert.True(reader.IsAtEnd);
    }

    [Fact]
    public void Too_much_data_is_refused_and_a_script_can_be_read_by_people()
    {
        Assert.Throws<ArgumentException>(() => new ScriptBuilder().Data(new byte[521]));
        var script = new ScriptBuilder().Number(144).Op(Opcode.CheckSequenceVerify, Opcode.Drop, Opcode.Sha256).Data([7, 8]).Op(Opcode.EqualVerify).Number(5).Build();
        Assert.Equal("<9000> OP_CHECKSEQUENCEVERIFY OP_DROP OP_SHA256 <0708> OP_EQUALVERIFY OP_5", ScriptReader.Describe(script));
        Assert.Equal("OP_DUP [truncated push]", ScriptReader.Describe(Script.FromHex("764c")));
    }

    [Fact]
    public void Trees_read_from_depths_are_those_that_were_joined()
    {
        var leaves = Enumerable.Range(0, 4).Select(i => new TapLeaf(new ScriptBuilder().Number(i).Build())).ToArray();
        var joined = TapTree.Join(TapTree.Of(leaves[0]), TapTree.Join(TapTree.Join(TapTree.Of(leaves[1]), TapTree.Of(leaves[2])), TapTree.Of(leaves[3])));
        var read = TapTree.TryFromDepths([(1, leaves[0]), (3, leaves[1]), (3, leaves[2]), (2, leaves[3])]);
        Assert.Equal(joined.MerkleRoot.ToArray(), read!.MerkleRoot.ToArray());
        Assert.Null(TapTree.TryFromDepths([]));
        Assert.Null(TapTree.TryFromDepths([(1, leaves[0])]));
        Assert.Null(TapTree.TryFromDepths([(0, leaves[0]), (0, leaves[1])]));
        Assert.Null(TapTree.TryFromDepths([(2, leaves[0]), (1, leaves[1]), (1, leaves[2])]));
        Assert.Null(TapTree.TryFromDepths([(200, leaves[0])]));
        Assert.Throws<ArgumentException>(() => TapTree.Huffman([]));
    }

    [Fact]
    public void A_leaf_deeper_than_128_is_refused()
    {
        var tree = TapTree.Of(new TapLeaf(Script.Empty));
        for (var depth = 0; depth < TapTree.MaxDepth; depth++)
        {
            tree = TapTree.Join(tree, TapTree.Of(new TapLeaf(new ScriptBuilder().Number(depth).Build())));
        }

        var top = TapTree.Of(new TapLeaf(new ScriptBuilder().Number(-1).Build()));
        Assert.Throws<ArgumentException>(() => TapTree.Join(tree, top));
        Assert.Throws<ArgumentException>(() => new TapLeaf(Script.Empty, 0xc1));
        Assert.Throws<ArgumentException>(() => new TapLeaf(Script.Empty, 0x50));
    }

    [Fact]
    public void A_digest_is_refused_for_what_does_not_exist()
    {
        using var key = TestSpend.Key(1);
        var spend = new TestSpend(Script.PayToTaproot(key.XOnly));
        Assert.Throws<ArgumentException>(() => spend.Cache.TaprootKeyPath(1));
        Assert.Throws<ArgumentException>(() => spend.Cache.TaprootKeyPath(0, (SighashType)0x42));
        Assert.Throws<ArgumentException>(() => spend.Cache.WitnessV0(-1, []));
        Assert.Throws<ArgumentException>(() => new SighashCache(spend.Unsigned, []));
        var two = spend.Unsigned.WithInputs([spend.Unsigned.Inputs[0], new TxIn(new OutPoint(spend.Unsigned.Txid, 0))]);
        Assert.Throws<ArgumentException>(() => new SighashCache(two, [spend.Prevout, spend.Prevout]).TaprootKeyPath(1, SighashType.Single));
        using var other = TestSpend.Key(2);
        Assert.Throws<ArgumentException>(() => TaprootOutput.KeyOnly(key.XOnly).TweakSecret(other));
    }
}
