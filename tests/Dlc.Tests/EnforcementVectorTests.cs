using System.Text;
using System.Text.Json;
using Coordinator.Bitcoin;

namespace Coordinator.Dlc.Tests;

public sealed class EnforcementVectorTests
{
    public static TheoryData<string> Names => ContractVector.Names;

    [Theory, MemberData(nameof(Names))]
    public void Every_contract_transaction_is_completed_to_the_byte(string name)
    {
        var vector = ContractVector.Load(name);
        var contract = Signed(vector);
        foreach (var given in vector.Read("enforce").GetProperty("outcomes").EnumerateArray())
        {
            var outcome = Outcome.TryParse(given.GetProperty("outcome").GetString())!.Value;
            var transaction = outcome.IsExpiry ? contract.ExpiryTransaction() : contract.OutcomeTransaction(outcome, vector.Attestation(outcome));
            CheckTransaction(given.GetProperty("signed_outcome_tx"), transaction, contract.Dlc.FundingOutput);
            CheckRecognised(vector, contract, outcome, transaction);
            foreach (var item in given.GetProperty("win_conditions").EnumerateArray())
            {
                var win = WinCondition.TryParse(item.GetProperty("win_condition").GetString())!.Value;
                var split = contract.SplitTransaction(win, vector.Tickets[win.PlayerIndex]);
                CheckTransaction(item.GetProperty("signed_split_tx"), split, transaction.Outputs[0]);
                Assert.Equal(
                    contract.Dlc.Amounts.OutcomeValue.Value - split.OutputValue.Value, FeeBump.FeeOf(contract.Dlc, split)?.Value);
            }
        }
    }

    private static void CheckTransaction(JsonElement given, Transaction transaction, TxOut prevout)
    {
        Assert.Equal(given.GetProperty("hex").GetString(), transaction.ToHex());
        Assert.Equal(given.GetProperty("txid").GetString(), transaction.Txid.ToString());
        Assert.Equal(given.GetProperty("wtxid").GetString(), transaction.Wtxid.ToString());
        Assert.Equal(given.GetProperty("weight").GetInt64(), transaction.Weight.Units);
        Interpreter.AssertValid(transaction, [prevout]);
    }

    private static void CheckRecognised(ContractVector vector, SignedContract contract, Outcome outcome, Transaction transaction)
    {
        var seen = contract.Recognise(transaction);
        Assert.Equal(outcome, seen?.Outcome);
        Assert.Equal(outcome.IsExpiry ? null : Hex.Encode(vector.Attestation(outcome)), seen?.Attestation is { } scalar ? Hex.Encode(scalar.ToBytes()) : null);
    }

    [Fact]
    public void A_bound_outcome_is_recognised_even_without_its_signature()
    {
        var vector = ContractVector.Load("dlctix02/bound_anchor/b");
        var full = Signed(vector);
        var outcome = Outcome.Attestation(0); // players 0 and 1 win, player 2 holds nothing of it
        var pruned = full.Signatures.PrunedFor(full.Dlc.SigningItems().Player(2));
        var seen = new SignedContract(full.Dlc, pruned).Recognise(full.OutcomeTransaction(outcome, vector.Attestation(outcome)));
        Assert.Equal(outcome, seen?.Outcome);
        Assert.Null(seen?.Attestation);
        var close = SweepTransaction.Build(full.Dlc.FundingOutput.ScriptPubKey, FeeRate.FromSatPerKwu(250), full.Dlc.FundingClose());
        Assert.Null(full.Recognise(close.Transaction));
    }

    [Fact]
    public void A_player_enforces_its_own_wins_from_its_pruned_signatures_alone()
    {
        var vector = ContractVector.Load("dlctix02/bound_anchor/b");
        var full = Signed(vector);
        var dlc = full.Dlc;
        for (var player = 0; player < vector.Players.Length; player++)
        {
            var key = vector.Players[player].PublicKey;
            var pruned = full.Signatures.PrunedFor(dlc.SigningItems().Player(player));
            Assert.True(ContractEnforcement.TryVerify(dlc, pruned, key, out var own, out var problems), string.Join(", ", problems));
            foreach (var win in dlc.WinConditions.Where(win => win.PlayerIndex == player))
            {
                var split = own.SplitTransaction(win, vector.Tickets[player]);
                var claim = SweepTransaction.Build(Script.PayToTaproot(vector.Players[player].XOnly), FeeRate.FromSatPerKwu(250), dlc.SplitWin(win))
                    .Sign(0, vector.Players[player], vector.Tickets[player]);
                Assert.Equal(split.OutPoint((uint)dlc.SplitOutputIndex(win)), claim.Transaction.Inputs[0].PreviousOutput);
                Interpreter.AssertValid(claim.Transaction, [split.Outputs[dlc.SplitOutputIndex(win)]]);
            }
        }
    }

    [Fact]
    public void What_is_not_held_is_refused_by_name()
    {
        var vector = ContractVector.Load("dlctix02/bound_anchor/b");
        var full = Signed(vector);
        var outcome = Outcome.Attestation(0);
        var pruned = new SignedContract(full.Dlc, full.Signatures.PrunedFor(full.Dlc.SigningItems().Player(2)));
        Assert.Throws<SpendRefusedException>(() => pruned.OutcomeTransaction(outcome, vector.Attestation(outcome)));
        Assert.Throws<SpendRefusedException>(() => pruned.SplitTransaction(new WinCondition(outcome, 0), vector.Tickets[0]));
        Assert.Throws<SpendRefusedException>(() => full.OutcomeTransaction(outcome, vector.Attestation(Outcome.Attestation(1))));
        Assert.Throws<SpendRefusedException>(() => full.OutcomeTransaction(outcome, new byte[32]));
        Assert.Throws<SpendRefusedException>(() => full.OutcomeTransaction(Outcome.Expiry, vector.Attestation(outcome)));
        Assert.Throws<SpendRefusedException>(() => full.SplitTransaction(new WinCondition(outcome, 0), vector.Tickets[1]));
        Assert.Throws<ArgumentException>(() => full.SplitTransaction(new WinCondition(outcome, 2), vector.Tickets[2]));
        var withoutExpiry = Signed(ContractVector.Load("dlctix02/bound_anchor/f"));
        Assert.Throws<SpendRefusedException>(() => withoutExpiry.ExpiryTransaction());
        Assert.Throws<ArgumentException>(() => ContractEnforcement.TryVerify(full.Dlc, full.Signatures, vector.Dlc.FundingKey.Key, out _, out _));
    }

    /// <summary>The reason why plain contracts must not pay the same winners differently, kept as a test.</summary>
    [Fact]
    public void In_a_plain_contract_one_outcomes_split_spends_another_outcomes_transaction_and_in_a_bound_one_it_does_not()
    {
        var (first, second) = (Outcome.Attestation(0), Outcome.Attestation(2));
        var plain = Signed(ContractVector.Load("dlctix/b"));
        var tickets = ContractVector.Load("dlctix/b").Tickets;
        Assert.Equal(plain.Dlc.OutcomeTxid(first), plain.Dlc.OutcomeTxid(second));
        var stolen = plain.SplitTransaction(new WinCondition(second, 1), tickets[1]);
        Interpreter.AssertValid(stolen, [plain.Dlc.OutcomeTransaction(first).Outputs[0]]);

        var bound = Signed(ContractVector.Load("dlctix02/bound/b"));
        Assert.Equal(bound.Dlc.Outcomes.Length, bound.Dlc.Outcomes.Select(entry => bound.Dlc.OutcomeTxid(entry.Outcome)).Distinct().Count());
        var refused = bound.SplitTransaction(new WinCondition(second, 1), tickets[1]);
        Assert.NotNull(TransactionVerifier.VerifyWithoutChain(refused, [bound.Dlc.OutcomeTransaction(first).Outputs[0]]));
    }

    private static SignedContract Signed(ContractVector vector)
        => new(vector.Dlc, ContractSignatures.Parse(Encoding.UTF8.GetBytes(vector.Read("signing").GetProperty("contract_signatures_serde_json").GetString()!)));
}
