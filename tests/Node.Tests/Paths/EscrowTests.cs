using Coordinator.Bitcoin;
using Coordinator.Chain;
using Coordinator.Dlc;
using Coordinator.Wallet;

namespace Coordinator.Node.Tests;

/// <summary>An escrow's three ways, and contracts that are funded from escrows.</summary>
[Collection(NodeSuite.Name)]
public sealed class EscrowTests(NodeFixture fixture)
{
    private const int RefundBlocks = 12;
    private const long Value = 120_000;
    private static readonly FeeRate Rate = FeeRate.FromSatPerVbyte(2);

    private RegtestNode Node => fixture.Node;

    private Script Destination => fixture.Purse.Script;

    [Fact]
    public async Task Both_parties_together_spend_at_once_and_neither_alone()
    {
        var (escrow, parties) = (await EscrowsAsync(1))[0];
        var sweep = Sweep(escrow, EscrowPath.Together);
        var (coordinator, player) = (sweep.Sign(parties.Coordinator), sweep.Sign(parties.Player));
        var right = sweep.Together(coordinator, player);
        await Node.TakesAsync(right);
        var signatures = "Signature must be zero for failed CHECK(MULTI)SIG operation";
        foreach (var (first, second) in new[] { (player, coordinator), (player, player), (coordinator, coordinator) })
        {
            var wrong = sweep.Unsigned.WithWitness(0, escrow.Terms.TogetherWitness(first, second));
            await Node.RefusesAsync(wrong, BroadcastRefusal.InvalidScript, signatures);
        }

        await Node.RefusesAsync(right.Bent(item: 1), BroadcastRefusal.InvalidScript, signatures);
        await Node.RefusesAsync(right.Bent(item: 2), BroadcastRefusal.InvalidScript, signatures);
        await Node.RefusesAsync(right.Bent(item: 3), BroadcastRefusal.InvalidScript, "Witness program hash mismatch");
        await Node.RefusesAsync(right.With(0, [1]), BroadcastRefusal.InvalidScript, "Dummy CHECKMULTISIG argument must be zero");

        // One signature and nothing else is none of the ways: the script goes on to the lone paths and finds the wrong things.
        await Node.RefusesAsync(
            sweep.Unsigned.WithWitness(0, [[], coordinator, [], escrow.Terms.WitnessScript.ToBytes()]), BroadcastRefusal.InvalidScript, signatures);
        await Node.ConfirmAsync(right);
        await Node.RefusesAsync(Sweep(escrow, EscrowPath.Reclaim).Reclaim(parties.Coordinator), BroadcastRefusal.MissingInputs, "missing-inputs");
    }

    [Fact]
    public async Task The_player_refunds_itself_at_its_time_with_the_preimage_and_not_before()
    {
        var (escrow, parties) = (await EscrowsAsync(1))[0];
        var refund = Sweep(escrow, EscrowPath.Refund).Refund(parties.Player, parties.Preimage);
        var height = await ConfirmedAtAsync(escrow);
        await Node.MineToAsync(escrow.Terms.OpensAt(EscrowPath.Refund, height) - 1);
        await Node.RefusesAsync(refund, BroadcastRefusal.NonFinal, "non-BIP68-final");
        var early = Lone(escrow, parties.Player, RefundBlocks - 1, signature => escrow.Terms.RefundWitness(signature, parties.Preimage));
        await Node.RefusesAsync(early, BroadcastRefusal.InvalidScript, "Locktime requirement not satisfied");
        await Node.MineAsync();
        await Node.TakesAsync(refund);
        await Node.RefusesAsync(refund.Bent(item: 0), BroadcastRefusal.InvalidScript, "OP_EQUALVERIFY");
        await Node.RefusesAsync(refund.With(0, parties.Preimage[..31]), BroadcastRefusal.InvalidScript, "OP_EQUALVERIFY");
        await Node.RefusesAsync(refund.Bent(item: 1), BroadcastRefusal.InvalidScript, "Signature must be zero for failed CHECK(MULTI)SIG operation");
        await Node.RefusesAsync(refund.With(2, [2]), BroadcastRefusal.InvalidScript, "OP_IF/NOTIF argument must be minimal");
        var coordinators = Lone(escrow, parties.Coordinator, RefundBlocks, signature => escrow.Terms.RefundWitness(signature, parties.Preimage));
        await Node.RefusesAsync(coordinators, BroadcastRefusal.InvalidScript, "Signature must be zero for failed CHECK(MULTI)SIG operation");
        await Node.ConfirmAsync(refund);
    }

    [Fact]
    public async Task The_coordinator_reclaims_144_blocks_after_the_refund_opened_and_not_before()
    {
        var (escrow, parties) = (await EscrowsAsync(1))[0];
        var reclaim = Sweep(escrow, EscrowPath.Reclaim).Reclaim(parties.Coordinator);
        var height = await ConfirmedAtAsync(escrow);
        await Node.MineToAsync(escrow.Terms.OpensAt(EscrowPath.Reclaim, height) - 1);
        await Node.RefusesAsync(reclaim, BroadcastRefusal.NonFinal, "non-BIP68-final");
        var blocks = escrow.Terms.ReclaimBlocks;
        var early = Lone(escrow, parties.Coordinator, blocks - 1, escrow.Terms.ReclaimWitness);
        await Node.RefusesAsync(early, BroadcastRefusal.InvalidScript, "Locktime requirement not satisfied");
        await Node.MineAsync();
        await Node.TakesAsync(reclaim);
        await Node.RefusesAsync(reclaim.Bent(item: 0), BroadcastRefusal.InvalidScript, "Signature must be zero for failed CHECK(MULTI)SIG operation");
        await Node.RefusesAsync(
            Lone(escrow, parties.Player, blocks, escrow.Terms.ReclaimWitness), BroadcastRefusal.InvalidScript, "Signature must be zero for failed CHECK(MULTI)SIG operation");

        // The player's own way stays open beside it.
        await Node.TakesAsync(Sweep(escrow, EscrowPath.Refund).Refund(parties.Player, parties.Preimage));
        await Node.ConfirmAsync(reclaim);
    }

    [Fact]
    public async Task Escrow_coins_alone_fund_a_contract()
    {
        var escrows = await EscrowsAsync(3);
        var shape = new ContractShape(3, 2);
        var number = fixture.NextContract();
        var pool = FundingOutput.Of(PlayedContract.On(new OutPoint(default, 0), shape, number).Parameters);
        var rest = escrows.Sum(pair => pair.Escrow.Value.Value) - pool.Value.Value - 3_000;
        var unsigned = new Transaction(
            2, escrows.Select(pair => new TxIn(pair.Escrow.OutPoint, TxIn.SequenceReplaceable)), [pool, fixture.Purse.Own(rest)], 0);
        var psbt = Psbt.Create(unsigned);
        Complete(psbt, escrows);
        var contract = PlayedContract.On(unsigned.OutPoint(0), shape, number);
        contract.Fund(psbt.Extract());
        await FundsAsync(contract);
    }

    [Fact]
    public async Task Escrow_coins_and_a_coin_of_the_wallet_fund_a_contract_as_the_wallet_puts_them_together()
    {
        var escrows = await EscrowsAsync(3);
        var foreign = escrows.Select(pair => new ForeignInput(pair.Escrow.OutPoint, pair.Escrow.Output, pair.Escrow.Terms.InputWeight(EscrowPath.Together)));
        var contract = await PlayedContract.PrepareAsync(fixture, new ContractShape(3, 2), [.. foreign], psbt => Complete(psbt, escrows));
        Assert.Equal(4, contract.Funding.Inputs.Length);
        var wallets = contract.Funding.Inputs.Index().Single(input => escrows.All(pair => pair.Escrow.OutPoint != input.Item.PreviousOutput)).Index;
        await Node.RefusesAsync(contract.Funding.Bent(input: wallets), BroadcastRefusal.InvalidScript, "Invalid Schnorr signature");
        await FundsAsync(contract);
    }

    /// <summary>The node takes the funding as it is and in no other form, and then an outcome of it.</summary>
    private async Task FundsAsync(PlayedContract contract)
    {
        var funding = contract.Funding;
        await Node.TakesAsync(funding);
        var escrows = funding.Inputs.Index().Where(input => input.Item.Witness.Length == 4).Select(input => input.Index).ToArray();
        Assert.Equal(3, escrows.Length);
        await Node.RefusesAsync(
            funding.Bent(item: 1, input: escrows[1]), BroadcastRefusal.InvalidScript, "Signature must be zero for failed CHECK(MULTI)SIG operation");
        var crossed = funding.WithWitness(escrows[0], funding.Inputs[escrows[1]].Witness);
        await Node.RefusesAsync(crossed, BroadcastRefusal.InvalidScript, "Witness program hash mismatch");
        var less = new Transaction(2, funding.Inputs, [funding.Outputs[0] with { Value = funding.Outputs[0].Value - Satoshis.Of(1) }, .. funding.Outputs.Skip(1)], 0);
        Assert.Equal(BroadcastRefusal.InvalidScript, (await Node.TestAsync(less)).Name);
        await Node.ConfirmAsync(funding);
        await Node.ConfirmAsync(contract.OutcomeOf(contract.Rankings.First));
    }

    /// <summary>Every player signs by itself what was handed out; each part is checked and made final.</summary>
    private static void Complete(Psbt psbt, IReadOnlyList<(EscrowOutput Escrow, Parties Parties)> escrows)
    {
        foreach (var (escrow, _) in escrows)
        {
            EscrowPsbt.Describe(psbt, EscrowPsbt.InputOf(psbt, escrow), escrow);
        }

        var handedOut = Psbt.ParseBase64(psbt.ToBase64());
        foreach (var (escrow, parties) in escrows)
        {
            Assert.True(EscrowPsbt.TryTake(handedOut, Theirs(handedOut, parties), escrow, out var signature, out var refusal), refusal?.Detail);
            var own = EscrowPsbt.Sign(psbt, EscrowPsbt.InputOf(psbt, escrow), escrow, parties.Coordinator);
            Assert.Null(EscrowPsbt.Complete(psbt, escrow, own, signature));
        }
    }

    /// <summary>Each player signs its own input and sends the PSBT back.</summary>
    private static string Theirs(Psbt psbt, Parties parties)
    {
        var theirs = Psbt.ParseBase64(psbt.ToBase64());
        Assert.Equal(1, theirs.Sign(parties.Player));
        return theirs.ToBase64();
    }

    private async Task<IReadOnlyList<(EscrowOutput Escrow, Parties Parties)>> EscrowsAsync(int count)
    {
        var number = fixture.NextContract();
        var parties = Enumerable.Range(0, count).Select(player => new Parties(number, player)).ToList();
        var terms = parties.ConvertAll(of => new EscrowTerms(
            of.Coordinator.PublicKey, of.Player.PublicKey, Hashlock.OfPreimage(of.Preimage), RefundBlocks));
        var payment = fixture.Purse.Pay([.. terms.Select(of => of.Output(Satoshis.Of(Value)))]);
        await Node.ConfirmAsync(payment);
        return [.. terms.Zip(parties, (of, secrets) => (EscrowOutput.Find(of, payment, Satoshis.Of(Value))!, secrets))];
    }

    private async Task<int> ConfirmedAtAsync(EscrowOutput escrow)
    {
        var placed = await Node.CallAsync("getrawtransaction", $"""["{escrow.OutPoint.Txid}", true]""");
        return await Node.HeightAsync() - placed.GetProperty("confirmations").GetInt32() + 1;
    }

    private EscrowSweep Sweep(EscrowOutput escrow, EscrowPath path) => EscrowSweep.TryBuild(escrow, path, Destination, Rate)!;

    /// <summary>A spend by one party with whatever sequence.</summary>
    private Transaction Lone(EscrowOutput escrow, SecretKey key, int blocks, Func<byte[], System.Collections.Immutable.ImmutableArray<byte[]>> witness)
    {
        var unsigned = new Transaction(2, [new TxIn(escrow.OutPoint, (uint)blocks)], [fixture.Purse.Own(Value - 1_000)], 0);
        var digest = new SighashCache(unsigned, [escrow.Output]).WitnessV0(0, escrow.Terms.WitnessScript.Bytes);
        return unsigned.WithWitness(0, witness([.. Secp256k1.EcdsaSignDer(key, digest), (byte)SighashType.All]));
    }

    /// <summary>The secrets of one escrow.</summary>
    private sealed class Parties(int number, int player)
    {
        public SecretKey Coordinator { get; } = SecretKey.From(Secret(number, "coordinator"));

        public SecretKey Player { get; } = SecretKey.From(Secret(number, $"player/{player}"));

        public byte[] Preimage { get; } = Secret(number, $"ticket/{player}");

        private static byte[] Secret(int number, string label) => Hashes.Sha256(System.Text.Encoding.UTF8.GetBytes($"escrow/{number}/{label}"));
    }
}
