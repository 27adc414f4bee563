using System.Text.Json;
using Coordinator.Bitcoin;

namespace Coordinator.Dlc.Tests;

public sealed class FeeBumpVectorTests
{
    private static readonly Script TaprootChange = Script.FromHex("512044d74b25aaadcf5b171b2e1f8f646a0280d4616c873b159a53662bc7d1bf3ba7");
    private static readonly Script WitnessChange = Script.FromHex($"0014{string.Concat(Enumerable.Repeat("07", 20))}");

    public static TheoryData<string> Names => ContractVector.AnchoredNames;

    [Theory, MemberData(nameof(Names))]
    public void Every_child_is_built_to_the_byte(string name)
    {
        var vector = ContractVector.Load(name);
        var parents = Parents(vector);
        var cases = vector.Read("cpfp").EnumerateArray().ToArray();
        Assert.True(cases.Length >= 86, $"{cases.Length} cases");
        foreach (var given in cases)
        {
            var parent = parents[given.GetProperty("parent").GetString()!];
            var rate = FeeRate.FromSatPerKwu(given.GetProperty("package_sat_per_kwu").GetInt64());
            if (given.TryGetProperty("least_coin_accepted", out var least))
            {
                CheckLeast(vector.Dlc, given, parent, rate, least.GetInt64());
            }
            else
            {
                CheckChild(vector.Dlc, given, parent, rate);
            }
        }
    }

    [Fact]
    public void Four_anchored_contracts_are_there() => Assert.Equal(4, Names.Count);

    private static void CheckChild(TicketedDlc dlc, JsonElement given, Transaction parent, FeeRate rate)
    {
        Assert.Equal(given.GetProperty("parent_txid").GetString(), parent.Txid.ToString());
        Assert.Equal(given.GetProperty("parent_weight").GetInt64(), parent.Weight.Units);
        Assert.Equal(given.GetProperty("parent_fee").GetInt64(), FeeBump.FeeOf(dlc, parent)?.Value);
        var known = given.TryGetProperty("child_unsigned_hex", out var hex) ? Transaction.Parse(hex.GetString()!) : null;
        var (coins, change) = Coins(given.GetProperty("coins").GetString()!, known);
        var built = FeeBump.TryBuild(dlc, parent, rate, coins, change, out var child, out var refusal);
        if (!built)
        {
            Assert.Equal(given.GetProperty("error").GetString(), refusal.ToString());
            return;
        }

        Assert.Equal(hex.GetString(), child!.Transaction.ToHex());
        Assert.Equal(given.GetProperty("child_fee").GetInt64(), child.Fee.Value);
        Assert.Equal(given.GetProperty("child_predicted_weight").GetInt64(), child.Weight.Units);
        Assert.Equal(given.GetProperty("change_value").GetInt64(), child.Transaction.Outputs[0].Value.Value);
        TxOut[] prevouts = [child.Anchor, .. coins.Select(coin => new TxOut(coin.Value, TaprootChange))];
        Assert.Null(TransactionVerifier.VerifyInput(new SighashCache(child.Transaction, prevouts), 0)); // the anchor, with its empty witness
        Assert.Equal(given.GetProperty("anchor_vout").GetUInt32(), child.Transaction.Inputs[0].PreviousOutput.Vout);
    }

    private static void CheckLeast(TicketedDlc dlc, JsonElement given, Transaction parent, FeeRate rate, long least)
    {
        var change = Script.FromHex(given.GetProperty("change_script_pubkey").GetString()!);
        FeeBumpCoin Coin(long value) => new(OutPoint.Parse($"{new string('1', 64)}:0"), Satoshis.Of(value), FeeBumpCoin.TaprootKeyInput);
        Assert.True(FeeBump.TryBuild(dlc, parent, rate, [Coin(least)], change, out var child, out _));
        Assert.Equal(given.GetProperty("its_change").GetInt64(), child.Transaction.Outputs[0].Value.Value);
        Assert.False(FeeBump.TryBuild(dlc, parent, rate, [Coin(least - 1)], change, out _, out var refusal));
        Assert.Equal(given.GetProperty("one_less").GetString(), refusal.ToString());
    }

    private static (FeeBumpCoin[] Coins, Script Change) Coins(string text, Transaction? child)
    {
        FeeBumpCoin Coin(int input, long value, int weight) => new(child!.Inputs[input].PreviousOutput, Satoshis.Of(value), weight);
        return text switch
        {
            "one P2TR key-path coin of 50000, change P2TR" => ([Coin(1, 50_000, FeeBumpCoin.TaprootKeyInput)], TaprootChange),
            "two coins (P2TR 30000, P2WPKH-max 20000), change P2WPKH" =>
                ([Coin(1, 30_000, FeeBumpCoin.TaprootKeyInput), Coin(2, 20_000, FeeBumpCoin.WitnessPubkeyHashInput)], WitnessChange),
            "no coin at all" => ([], TaprootChange),
            _ => throw new ArgumentOutOfRangeException(nameof(text), text, "unknown coins"),
        };
    }

    private static Dictionary<string, Transaction> Parents(ContractVector vector)
    {
        var parents = new Dictionary<string, Transaction>();
        foreach (var outcome in vector.Read("enforce").GetProperty("outcomes").EnumerateArray())
        {
            var name = outcome.GetProperty("outcome").GetString()!;
            parents.Add($"outcome {name}", Transaction.Parse(outcome.GetProperty("signed_outcome_tx").GetProperty("hex").GetString()!));
            foreach (var win in outcome.GetProperty("win_conditions").EnumerateArray())
            {
                parents.Add(
                    $"split {win.GetProperty("win_condition").GetString()}",
                    Transaction.Parse(win.GetProperty("signed_split_tx").GetProperty("hex").GetString()!));
            }
        }

        return parents;
    }

    [Fact]
    public void Strangers_and_transactions_without_an_anchor_are_refused_by_name()
    {
        var vector = ContractVector.Load("dlctix02/bound_anchor/b");
        var rate = FeeRate.FromSatPerKwu(250);
        var coin = new FeeBumpCoin(OutPoint.Parse($"{new string('1', 64)}:0"), Satoshis.Of(10_000), FeeBumpCoin.TaprootKeyInput);
        var stranger = new Transaction(2, [new TxIn(coin.OutPoint)], [new TxOut(Satoshis.Of(240), Script.PayToAnchor)], 0);
        Assert.Equal(FeeBumpRefusal.InvalidInput, Refusal(stranger));
        var twoInputs = vector.Dlc.OutcomeTransaction(Outcome.Expiry);
        Assert.Equal(FeeBumpRefusal.InvalidInput, Refusal(twoInputs.WithInputs([.. twoInputs.Inputs, new TxIn(coin.OutPoint)])));
        var reclaim = SweepTransaction.Build(TaprootChange, rate, vector.Dlc.OutcomeReclaim(Outcome.Expiry)).Transaction;
        Assert.Equal(FeeBumpRefusal.MissingAnchor, Refusal(reclaim));
        var absurd = FeeRate.FromSatPerKwu(Satoshis.MaxValue);
        Assert.False(FeeBump.TryBuild(vector.Dlc, vector.Dlc.OutcomeTransaction(Outcome.Expiry), absurd, [coin], TaprootChange, out _, out var overflow));
        Assert.Equal(FeeBumpRefusal.WeightOverflow, overflow);
        var much = coin with { Value = Satoshis.Of(Satoshis.MaxValue) };
        Assert.False(FeeBump.TryBuild(vector.Dlc, vector.Dlc.OutcomeTransaction(Outcome.Expiry), rate, [much, much], TaprootChange, out _, out var sum));
        Assert.Equal(FeeBumpRefusal.InvalidFeeAmount, sum);

        FeeBumpRefusal? Refusal(Transaction parent)
        {
            Assert.False(FeeBump.TryBuild(vector.Dlc, parent, rate, [coin], TaprootChange, out _, out var refusal));
            return refusal;
        }
    }
}
