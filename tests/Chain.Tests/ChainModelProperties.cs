using Coordinator.Bitcoin;
using Coordinator.Simulators.Chain;

namespace Coordinator.Chain.Tests;

/// <summary>Random histories of the simulated chain, judged again from its blocks alone.</summary>
public sealed class ChainModelProperties
{
    private const int Seeds = 12;
    private const int Steps = 60;
    private static readonly Payer[] Payers = [new(21), new(22), new(23)];

    [Fact]
    public void Every_block_of_a_random_history_keeps_the_rules()
    {
        var confirmed = 0;
        for (ulong seed = 1; seed <= Seeds; seed++)
        {
            var model = Play(seed);
            AssertRules(model, seed);
            confirmed += Enumerable.Range(1, model.Height).Sum(height => model.BlockAt(height)!.Transactions.Length - 1);
        }

        Assert.True(confirmed > 10 * Seeds, $"only {confirmed} transactions confirmed: the histories prove little");
    }

    [Fact]
    public void One_seed_gives_one_history()
    {
        for (ulong seed = 1; seed <= 3; seed++)
        {
            Assert.True(Play(seed).Tip.Hash == Play(seed).Tip.Hash, $"seed {seed}");
        }
    }

    [Fact]
    public async Task A_random_history_survives_the_disk()
    {
        var folder = Directory.CreateTempSubdirectory("coordinator-chain-").FullName;
        try
        {
            string[] waiting;
            BlockHash tip;
            await using (var first = new ChainSimulator(new ChainSimulatorOptions(Folder: folder), new Coordinator.Testing.ManualTimeProvider(ChainWorld.Start)))
            {
                Play(first.Model, new SplitMix64(99));
                tip = first.Model.Tip.Hash;
                waiting = [.. first.Model.Waiting.Select(entry => entry.Transaction.ToHex())];
            }

            await using var second = new ChainSimulator(new ChainSimulatorOptions(Folder: folder), new Coordinator.Testing.ManualTimeProvider(ChainWorld.Start));
            Assert.Equal(tip, second.Model.Tip.Hash);
            Assert.Equal(waiting, second.Model.Waiting.Select(entry => entry.Transaction.ToHex()));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static ChainModel Play(ulong seed)
    {
        var model = new ChainModel(ChainWorld.Start);
        Play(model, new SplitMix64(seed));
        return model;
    }

    private static void Play(ChainModel model, SplitMix64 random)
    {
        var known = new List<Transaction>();
        for (var step = 0; step < Steps; step++)
        {
            switch (random.Below(8))
            {
                case 0:
                    known.Add(model.Faucet(Payers[random.Below(3)].Script, Satoshis.Of(50_000 + random.Below(50_000))));
                    break;
                case 1 or 2:
                    model.Mine(1, TimeSpan.FromSeconds(random.Below(3_000)));
                    break;
                case 3 when model.Height > ChainModel.InitialBlocks + 3:
                    model.Reorganise(1 + (int)random.Below(3), confirmAgain: random.Below(2) == 0);
                    break;
                default:
                    Spend(model, random, known);
                    break;
            }
        }
    }

    private static void Spend(ChainModel model, SplitMix64 random, List<Transaction> known)
    {
        if (known.Count == 0)
        {
            return;
        }

        var parent = known[(int)random.Below(known.Count)];
        var vout = (uint)random.Below(parent.Outputs.Length);
        if (Payers.FirstOrDefault(payer => payer.Script.Equals(parent.Outputs[(int)vout].ScriptPubKey)) is not { } owner)
        {
            return;
        }

        var value = parent.Outputs[(int)vout].Value.Value - random.Below(3_000);
        var split = random.Below(Math.Max(1, value));
        var transaction = owner.Spend(
            parent, vout,
            [Payers[random.Below(3)].Own(Math.Max(0, split)), Payers[random.Below(3)].Own(Math.Max(0, value - split))],
            sequence: random.Below(3) == 0 ? (uint)random.Below(6) : TxIn.SequenceReplaceable,
            lockTime: random.Below(4) == 0 ? (uint)(model.Height + random.Below(4)) : 0);
        if (model.Submit(transaction).IsAccepted)
        {
            known.Add(transaction);
        }
    }

    /// <summary>Replays the blocks with a coin set of its own.</summary>
    private static void AssertRules(ChainModel model, ulong seed)
    {
        var coins = new Dictionary<OutPoint, SpentOutput>();
        for (var height = 0; height <= model.Height; height++)
        {
            var block = model.BlockAt(height)!;
            var below = model.BlockAt(height - 1);
            Assert.True(below is null || (block.Previous == below.Hash && block.Time > below.MedianTimePast.UnixSeconds), $"seed {seed}: block {height}");
            var fees = 0L;
            foreach (var transaction in block.Transactions.Skip(1))
            {
                var spent = transaction.Inputs.Select(input => coins.Remove(input.PreviousOutput, out var coin)
                    ? coin
                    : throw new InvalidOperationException($"seed {seed}: block {height} spends what is not there")).ToList();
                var refusal = TransactionVerifier.Verify(transaction, spent, new NextBlock(height, below!.MedianTimePast.UnixSeconds));
                Assert.True(refusal is null, $"seed {seed}: block {height}: {refusal}");
                fees += spent.Sum(coin => coin.Output.Value.Value) - transaction.OutputValue.Value;
                Add(coins, transaction, height, below.MedianTimePast.UnixSeconds);
            }

            Assert.True(height == 0 || block.Transactions[0].OutputValue.Value == 5_000_000_000 + fees || height >= 150, $"seed {seed}: reward of {height}");
            Add(coins, block.Transactions[0], height, below?.MedianTimePast.UnixSeconds ?? 0, isCoinbase: true);
        }
    }

    private static void Add(Dictionary<OutPoint, SpentOutput> coins, Transaction transaction, int height, long past, bool isCoinbase = false)
    {
        for (var i = 0; i < transaction.Outputs.Length; i++)
        {
            coins.Add(transaction.OutPoint((uint)i), new SpentOutput(transaction.Outputs[i], height, past, isCoinbase));
        }
    }
}
