using Coordinator.Bitcoin;

namespace Coordinator.Dlc.Tests;

public sealed class EscrowScriptTests
{
    /// <summary>
    /// Made by Bitcoin Knots 29.4 (getdescriptorinfo, deriveaddresses on regtest). A node calls a descriptor that names a key twice not sane and
    /// does not read it, so both names that come again are other keys here: those of the seeds 4 and 3.
    /// </summary>
    private const string NodeDescriptor =
        "wsh(or_d(multi(2,02d415b187c6e7ce9da46ac888d20df20737d6f16a41639e68ea055311e1535dd9,02d27cd27dbff481bc6fc4aa39dd19405eb6010237784ecba13bab130a4a62df5d),"
        + "or_i(and_v(v:pk(03c45753e856ad0abb06f68947604f11476c157d13b7efd54499eaa0f6918cf716),and_v(v:sha256(9889552c3b1414c241dab3850e0e229d89bbe7c97a8e048be3eda74615b6b08b),older(200))),"
        + "and_v(v:pk(02a3e107fee8879f5cf901161dbf4ff61c252ba5fec6f6407fe81b9453d244c02c),older(344)))))#69kp7u3h";

    private const string NodeAddress = "bcrt1q2chtedptjsfwlnpmtk8ef378tpfzl7jntcpql2fpaftksf5dwwdsrsse45";

    [Fact]
    public void The_script_is_what_a_real_node_makes_of_the_policy()
    {
        using var known = new EscrowCase();
        using var otherPlayer = EscrowCase.Key(4);
        using var otherCoordinator = EscrowCase.Key(3);
        string WithOthers(string text) => Second(Second(text, known.Player, otherPlayer), known.Coordinator, otherCoordinator);

        var script = Script.FromHex(WithOthers(known.Terms.WitnessScript.ToHex()));
        Assert.Equal(NodeAddress, Address.From(Script.PayToWitnessScriptHash(script), Network.Regtest)!.ToString());
        Assert.Equal(NodeDescriptor[..^9], WithOthers(known.Terms.Descriptor[..^9]));
        Assert.True(DescriptorChecksum.IsRight(NodeDescriptor));
        Assert.True(DescriptorChecksum.IsRight(known.Terms.Descriptor));
        Assert.Equal(Script.PayToWitnessScriptHash(known.Terms.WitnessScript), known.Terms.ScriptPubKey);
    }

    /// <summary>The second time that a key is named it is another one.</summary>
    private static string Second(string text, SecretKey key, SecretKey other)
    {
        var name = key.PublicKey.ToHex();
        var at = text.IndexOf(name, text.IndexOf(name, StringComparison.Ordinal) + 1, StringComparison.Ordinal);
        return text[..at] + other.PublicKey.ToHex() + text[(at + name.Length)..];
    }

    [Theory]
    [InlineData("raw(deadbeef)", "89f8spxm")]
    public void Checksums_are_those_of_BIP_380(string descriptor, string checksum) => Assert.Equal(checksum, DescriptorChecksum.Of(descriptor));

    [Fact]
    public void A_changed_descriptor_fails_its_checksum_and_a_foreign_character_is_refused()
    {
        using var known = new EscrowCase();
        var text = known.Terms.Descriptor;
        for (var i = 0; i < text.Length; i++)
        {
            var changed = text[..i] + (text[i] == 'q' ? 'p' : 'q') + text[(i + 1)..];
            Assert.False(DescriptorChecksum.IsRight(changed), $"character {i} was changed");
        }

        Assert.False(DescriptorChecksum.IsRight("é" + text));
        Assert.Throws<BitcoinFormatException>(() => DescriptorChecksum.Of("wsh(é)"));
        Assert.False(DescriptorChecksum.IsRight("raw(deadbeef)"));
        Assert.True(DescriptorChecksum.IsRight("raw(deadbeef)#89f8spxm"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(65_392)]
    public void A_time_that_no_relative_lock_can_say_is_refused(int blocks)
    {
        using var coordinator = EscrowCase.Key(1);
        using var player = EscrowCase.Key(2);
        Assert.Throws<ArgumentException>(() => new EscrowTerms(coordinator.PublicKey, player.PublicKey, Hashlock.OfPreimage(new byte[32]), blocks));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(65_391)]
    public void All_three_ways_open_at_their_block_and_not_one_before(int blocks)
    {
        using var known = new EscrowCase(blocks);
        var together = known.Sweep(EscrowPath.Together);
        Assert.Null(known.Ask(together.Together(together.Sign(known.Coordinator), together.Sign(known.Player)), EscrowCase.Height));

        var refund = known.Sweep(EscrowPath.Refund).Refund(known.Player, known.Preimage);
        var refundAt = known.Terms.OpensAt(EscrowPath.Refund, EscrowCase.Height);
        Assert.Equal(EscrowCase.Height + blocks - 1, refundAt);
        Assert.Null(known.Ask(refund, refundAt));
        Assert.NotNull(known.Ask(refund, refundAt - 1));

        var reclaim = known.Sweep(EscrowPath.Reclaim).Reclaim(known.Coordinator);
        var reclaimAt = known.Terms.OpensAt(EscrowPath.Reclaim, EscrowCase.Height);
        Assert.Equal(refundAt + 144, reclaimAt);
        Assert.Null(known.Ask(reclaim, reclaimAt));
        Assert.NotNull(known.Ask(reclaim, reclaimAt - 1));
    }

    [Fact]
    public void A_lock_time_written_into_the_input_does_not_open_a_later_way()
    {
        using var known = new EscrowCase();
        var refund = known.Sweep(EscrowPath.Refund);
        var witness = known.Terms.ReclaimWitness(refund.Sign(known.Coordinator));
        Assert.Equal(ScriptError.UnsatisfiedLockTime, known.Ask(refund.Unsigned.WithWitness(0, witness), 100_000)?.Script);

        var together = known.Sweep(EscrowPath.Together);
        var early = known.Terms.RefundWitness(together.Sign(known.Player), known.Preimage);
        Assert.Equal(ScriptError.UnsatisfiedLockTime, known.Ask(together.Unsigned.WithWitness(0, early), 100_000)?.Script);
    }

    [Fact]
    public void The_wrong_key_the_wrong_preimage_and_one_signature_for_two_are_refused()
    {
        using var known = new EscrowCase();
        var refund = known.Sweep(EscrowPath.Refund);
        Assert.Throws<SpendRefusedException>(() => refund.Refund(known.Coordinator, known.Preimage));
        Assert.Throws<SpendRefusedException>(() => refund.Refund(known.Player, new byte[32]));
        Assert.Throws<SpendRefusedException>(() => refund.Reclaim(known.Coordinator));
        Assert.NotNull(known.Ask(refund.Unsigned.WithWitness(0, known.Terms.RefundWitness(refund.Sign(known.Player), new byte[32])), 100_000));
        Assert.NotNull(known.Ask(refund.Unsigned.WithWitness(0, known.Terms.RefundWitness(refund.Sign(known.Coordinator), known.Preimage)), 100_000));

        var reclaim = known.Sweep(EscrowPath.Reclaim);
        Assert.Throws<SpendRefusedException>(() => reclaim.Reclaim(known.Player));
        Assert.NotNull(known.Ask(reclaim.Unsigned.WithWitness(0, known.Terms.ReclaimWitness(reclaim.Sign(known.Player))), 100_000));

        var together = known.Sweep(EscrowPath.Together);
        var (coordinator, player) = (together.Sign(known.Coordinator), together.Sign(known.Player));
        Assert.Throws<SpendRefusedException>(() => together.Together(coordinator, coordinator));
        Assert.Throws<SpendRefusedException>(() => together.Together(player, coordinator));
        Assert.NotNull(known.Ask(together.Unsigned.WithWitness(0, known.Terms.TogetherWitness(player, coordinator)), 100_000));
        using var stranger = EscrowCase.Key(3);
        Assert.Throws<SpendRefusedException>(() => together.Sign(stranger));
        Assert.False(together.IsSignedBy(known.Player.PublicKey, coordinator));
        Assert.True(together.IsSignedBy(known.Player.PublicKey, player));
        Assert.False(together.IsSignedBy(known.Player.PublicKey, []));
    }

    [Fact]
    public void The_way_taken_is_read_off_the_witness_and_the_weight_was_foretold()
    {
        using var known = new EscrowCase();
        var together = known.Sweep(EscrowPath.Together);
        var spends = new (EscrowPath Path, Transaction Signed)[]
        {
            (EscrowPath.Together, together.Together(together.Sign(known.Coordinator), together.Sign(known.Player))),
            (EscrowPath.Refund, known.Sweep(EscrowPath.Refund).Refund(known.Player, known.Preimage)),
            (EscrowPath.Reclaim, known.Sweep(EscrowPath.Reclaim).Reclaim(known.Coordinator)),
        };
        foreach (var (path, signed) in spends)
        {
            Assert.Equal(path, EscrowPaths.PathOf(signed.Inputs[0].Witness));
            var most = EscrowSweep.WeightOf(known.Terms, path, EscrowCase.Home);
            Assert.InRange(most.Units - signed.Weight.Units, 0, 4);
        }

        Assert.Null(EscrowPaths.PathOf([]));
    }

    [Fact]
    public void An_escrow_is_found_only_where_it_stands_once_with_its_value()
    {
        using var known = new EscrowCase();
        var (output, other) = (known.Escrow.Output, new TxOut(Satoshis.Of(5_000), EscrowCase.Home));
        Transaction With(params TxOut[] outputs) => new(2, [new TxIn(known.Escrow.OutPoint)], outputs, 0);
        Assert.Equal(1u, EscrowOutput.Find(known.Terms, With(other, output), known.Escrow.Value)?.OutPoint.Vout);
        Assert.Null(EscrowOutput.Find(known.Terms, With(other), known.Escrow.Value));
        Assert.Null(EscrowOutput.Find(known.Terms, With(output, output), known.Escrow.Value));
        Assert.Null(EscrowOutput.Find(known.Terms, With(output), Satoshis.Of(99_999)));
    }

    [Fact]
    public void A_sweep_that_would_leave_dust_is_not_made()
    {
        using var known = new EscrowCase();
        var small = known.Escrow with { Value = Satoshis.Of(700) };
        Assert.Null(EscrowSweep.TryBuild(small, EscrowPath.Reclaim, EscrowCase.Home, FeeRate.FromSatPerVbyte(5)));
        Assert.NotNull(EscrowSweep.TryBuild(small, EscrowPath.Reclaim, EscrowCase.Home, FeeRate.FromSatPerVbyte(1)));
    }
}
