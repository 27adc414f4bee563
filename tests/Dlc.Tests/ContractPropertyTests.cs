using System.Text;
using Coordinator.Bitcoin;

namespace Coordinator.Dlc.Tests;

/// <summary>Random contracts, signed with everybody's keys, played to the end of every branch under the interpreter.</summary>
public sealed class ContractPropertyTests
{
    private const int Start = 1_000;
    private const long Expiry = 1_900_000_000;

    public static TheoryData<ulong> Seeds => [.. Enumerable.Range(1, 12).Select(seed => (ulong)seed)];

    [Theory, MemberData(nameof(Seeds))]
    public void Every_branch_may_be_mined_when_its_time_has_come_and_not_a_block_before(ulong seed)
    {
        var world = new World(seed);
        foreach (var (outcome, weights) in world.Dlc.Outcomes)
        {
            var transaction = world.Outcome(outcome);
            world.Check(transaction, [world.Dlc.FundingOutput], delay: 0, $"{outcome}");
            Assert.Equal(world.Dlc.FundingOutput.Value - world.Dlc.Amounts.OutcomeFee, transaction.OutputValue);
            world.Sweep(world.Dlc.OutcomeReclaim(outcome), sweep => sweep.Sign(0, world.MarketMaker));
            world.Sweep(world.Dlc.OutcomeClose(outcome), sweep => sweep.SignClose(0, world.Everybody));
            var leaves = weights.Winners.Select(winner => new WinCondition(outcome, winner.PlayerIndex)).ToArray();
            foreach (var win in leaves)
            {
                world.Check(world.Split(win), [transaction.Outputs[0]], world.Dlc.Parameters.RelativeLocktimeBlockDelta, $"split {win}");
                var player = win.PlayerIndex;
                world.Sweep(world.Dlc.SplitWin(win), sweep => sweep.Sign(0, world.Players[player], world.Preimage("ticket", player)));
                world.Sweep(world.Dlc.SplitReclaim(win), sweep => sweep.Sign(0, world.MarketMaker));
                world.Sweep(world.Dlc.SplitSellback(win), sweep => sweep.Sign(0, world.MarketMaker, world.Preimage("payout", player)));
                world.Sweep(world.Dlc.SplitClose(win), sweep => sweep.SignClose(0, world.Everybody));
            }

            CheckMoney(world, outcome, leaves);
        }
    }

    private static void CheckMoney(World world, Outcome outcome, WinCondition[] wins)
    {
        var split = world.Dlc.SplitTransaction(outcome);
        var anchor = (long)(world.Dlc.Parameters.AnchorSatoshis ?? 0);
        Assert.Equal(wins.Sum(win => world.Dlc.PayoutOf(win).Value) + anchor, split.OutputValue.Value);
        Assert.Equal(world.Dlc.Parameters.AnchorSatoshis is not null, split.Outputs[^1].ScriptPubKey.Equals(Script.PayToAnchor));
        Assert.All(wins, win => Assert.Equal(world.Dlc.PayoutOf(win), split.Outputs[world.Dlc.SplitOutputIndex(win)].Value));
    }

    [Theory, MemberData(nameof(Seeds))]
    public void A_child_lifts_any_anchored_parent_to_the_rate_and_may_be_mined(ulong seed)
    {
        var world = new World(seed, anchored: true);
        var coinKey = world.MarketMaker;
        var coinScript = Script.PayToTaproot(coinKey.XOnly);
        var coin = new FeeBumpCoin(OutPoint.Parse($"{new string('c', 64)}:3"), Satoshis.Of(5_000_000), FeeBumpCoin.TaprootKeyInput);
        var rate = FeeRate.FromSatPerKwu(world.Random.Between(250, 20_000));
        var outcome = world.Dlc.Outcomes[world.Random.Below(world.Dlc.Outcomes.Length)];
        Transaction[] parents = [world.Outcome(outcome.Outcome), world.Split(new WinCondition(outcome.Outcome, outcome.Weights.Winners[0].PlayerIndex))];
        foreach (var parent in parents)
        {
            Assert.True(FeeBump.TryBuild(world.Dlc, parent, rate, [coin], coinScript, out var child, out var refusal), $"seed {seed}: {refusal}");
            TxOut[] prevouts = [child.Anchor, new TxOut(coin.Value, coinScript)];
            var digest = new SighashCache(child.Transaction, prevouts).TaprootKeyPath(1);
            var signed = child.Transaction.WithWitness(1, Secp256k1.SchnorrSign(coinKey, digest));
            Interpreter.AssertValid(signed, prevouts);
            Assert.Equal(child.Weight, signed.Weight);
            var package = FeeBump.FeeOf(world.Dlc, parent)!.Value + child.Fee;
            Assert.True(package >= rate.FeeCeiling(parent.Weight + signed.Weight), $"seed {seed}: {package} for both");
            Assert.True(child.Fee >= rate.FeeCeiling(signed.Weight), $"seed {seed}: {child.Fee} for the child");
        }
    }

    private sealed class World
    {
        private readonly ulong _seed;

        public World(ulong seed, bool anchored = false)
        {
            (_seed, Random) = (seed, new SplitMix(seed));
            MarketMaker = Key("mm");
            Players = [.. Enumerable.Range(0, Random.Between(2, 6)).Select(index => Key($"player/{index}"))];
            var parameters = Parameters(anchored);
            var funding = new OutPoint(Txid.FromWire(Hashes.Sha256(Encoding.UTF8.GetBytes($"{seed}/funding"))), (uint)Random.Below(4));
            if (!TicketedDlc.TryCreate(parameters, funding, out var dlc, out var refusal))
            {
                Assert.True(refusal.Kind == ContractRefusalKind.UnboundSharedWinners, $"seed {seed}: {refusal}");
                dlc = TicketedDlc.CreateLegacy(parameters, funding);
            }

            Dlc = dlc;
        }

        public SplitMix Random { get; }

        public SecretKey MarketMaker { get; }

        public SecretKey[] Players { get; }

        public SecretKey[] Everybody => [MarketMaker, .. Players];

        public TicketedDlc Dlc { get; }

        public byte[] Preimage(string kind, int player) => Hashes.Sha256(Encoding.UTF8.GetBytes($"{_seed}/{kind}/{player}"));

        public Transaction Outcome(Outcome outcome)
            => Dlc.OutcomeTransaction(outcome).WithWitness(0, Joint(Dlc.FundingKey, Dlc.OutcomeSighash(outcome).Span));

        public Transaction Split(WinCondition win)
        {
            var output = Dlc.OutcomeOutput(win.Outcome);
            var leaf = output.SplitLeafOf(win.PlayerIndex);
            return Dlc.SplitTransaction(win.Outcome).WithWitness(
                0, Joint(Dlc.WinnersKey(win.Outcome), Dlc.SplitSighash(win).Span), Preimage("ticket", win.PlayerIndex), leaf.Script.ToBytes(),
                output.Taproot.ControlBlock(leaf).ToBytes());
        }

        public void Sweep(Sweep sweep, Func<SweepTransaction, SweepTransaction> sign)
        {
            var signed = sign(SweepTransaction.Build(Script.PayToTaproot(MarketMaker.XOnly), FeeRate.FromSatPerKwu(Random.Between(250, 400)), sweep));
            Assert.Equal(signed.Weight, signed.Transaction.Weight);
            Check(signed.Transaction, [sweep.Prevout], sweep.BlocksAfterParent, sweep.Kind.ToString());
        }

        /// <summary>May be mined exactly <paramref name="delay"/> blocks after its parent, and not one earlier; the expiry when it is over.</summary>
        public void Check(Transaction transaction, TxOut[] prevouts, int delay, string what)
        {
            var spent = prevouts.Select(prevout => new SpentOutput(prevout, Start, Expiry)).ToArray();
            var after = Expiry + 1;
            var refusal = TransactionVerifier.Verify(transaction, spent, new NextBlock(Start + delay, after));
            Assert.True(refusal is null, $"seed {_seed}, {what}: {refusal}");
            if (delay > 0)
            {
                var early = TransactionVerifier.Verify(transaction, spent, new NextBlock(Start + delay - 1, after));
                Assert.True(early is not null, $"seed {_seed}, {what}: mined a block too early");
            }

            if (transaction.LockTime != 0)
            {
                var early = TransactionVerifier.Verify(transaction, spent, new NextBlock(Start, Expiry));
                Assert.True(early is not null, $"seed {_seed}, {what}: mined before the expiry was over");
            }
        }

        private byte[] Joint(KeyAggregate aggregate, ReadOnlySpan<byte> digest)
        {
            using var secret = aggregate.GroupSecret([.. aggregate.Keys.Select(key => Everybody.Single(secret => secret.PublicKey.Equals(key)))]);
            return Secp256k1.SchnorrSign(secret, digest);
        }

        private SecretKey Key(string label) => SecretKey.From(Hashes.Sha256(Encoding.UTF8.GetBytes($"{_seed}/{label}")));

        private ContractParameters Parameters(bool anchored)
        {
            var attestations = Random.Between(1, 5);
            var payouts = Enumerable.Range(0, attestations).Where(index => index == 0 || Random.Below(4) != 0)
                .Select(index => new OutcomePayout(Coordinator.Dlc.Outcome.Attestation(index), Weights())).ToList();
            var expires = Random.Coin();
            if (expires)
            {
                payouts.Add(new OutcomePayout(Coordinator.Dlc.Outcome.Expiry, PayoutWeights.Equal(Players.Length)));
            }

            return new ContractParameters
            {
                MarketMaker = new MarketMaker(MarketMaker.PublicKey),
                Players = [.. Players.Select((key, index) => new Player(
                    key.PublicKey, Hashlock.OfPreimage(Preimage("ticket", index)), Hashlock.OfPreimage(Preimage("payout", index))))],
                Event = new EventLockingConditions(
                    [.. Enumerable.Range(0, attestations).Select(index => Key($"attestation/{index}").PublicKey)], expires ? (uint)Expiry : null),
                OutcomePayouts = OutcomePayouts.Of(payouts),
                FeeRateSatPerKwu = (ulong)Random.Between(250, 2_000),
                FundingSatoshis = (ulong)Random.Between(1_000_000, 3_000_000),
                RelativeLocktimeBlockDelta = Random.OneOf<ushort>(1, 8, 9, 16, 17, 63, 64, 127, 128, 144, 288, 16_383, 16_384, 32_767),
                AnchorSatoshis = anchored || Random.Coin() ? (ulong)Random.Between(240, 1_000) : null,
                OutcomeBoundSplits = Random.Coin(),
            };
        }

        private PayoutWeights Weights()
        {
            var winners = Enumerable.Range(0, Players.Length).Where(_ => Random.Coin()).ToList();
            if (winners.Count == 0)
            {
                winners.Add(Random.Below(Players.Length));
            }

            return PayoutWeights.Of(winners.Select(player => new PayoutWeight(player, (ulong)Random.Between(20, 100))));
        }
    }
}
