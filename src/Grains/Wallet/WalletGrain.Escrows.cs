using System.Collections.Immutable;
using Coordinator.Bitcoin;
using Coordinator.Competitions;
using Coordinator.Wallet;

namespace Coordinator.Grains;

/// <summary>Escrows beside coins of the wallet, and payments that are taken back before they are confirmed.</summary>
public sealed partial class WalletGrain
{
    public async Task<Answer<string>> FinalizeEscrowsAsync(FinalizeEscrows request)
    {
        if (Find(request.Owner) is not { } payment)
        {
            return Problems.NotFound("payment_not_found", $"the wallet holds no payment for {request.Owner}");
        }

        if (payment.Psbt != request.Psbt || !payment.Returns.IsEmpty)
        {
            return Problems.Invalid("other_psbt", "the PSBT is not the one this wallet made, or its coins are being taken back");
        }

        var psbt = Psbt.ParseBase64(payment.Psbt);
        foreach (var witness in request.Witnesses)
        {
            var input = psbt.UnsignedTransaction.Inputs.Select(input => input.PreviousOutput.ToString()).ToList().IndexOf(witness.Outpoint);
            if (input < 0 || psbt.Inputs[input].TapInternalKey is not null)
            {
                return Problems.Invalid("other_psbt", $"{witness.Outpoint} is not an escrow of this payment");
            }

            psbt.FinalizeInput(input, witness.Items.Select(Hex.Decode));
        }

        await MarkAsync(payment);
        return await FinalizeAsync(payment.Owner, psbt);
    }

    public async Task<Answer<string>> DoubleSpendAsync(string owner, long rateSatPerKwu)
    {
        if (Find(owner) is not { } payment)
        {
            return Problems.NotFound("payment_not_found", $"the wallet holds no payment for {owner}");
        }

        var rate = FeeRate.FromSatPerKwu(rateSatPerKwu);
        if (payment.Returns is [.., var newest] && Psbt.ParseBase64(newest.Psbt).UnsignedTransaction is var sent
            && rate.FeeCeiling(Weight.Of(4 * SizeOf(sent))).Value <= newest.Fee)
        {
            return await FinalizeAsync(owner, Psbt.ParseBase64(newest.Psbt));
        }

        var (psbt, fee) = TakeBack(payment, rate);
        if (psbt is null)
        {
            return new Problem(ProblemKind.Conflict, "wallet_feeabovelimit", $"taking the coins of {owner} back would cost {fee} sat, more than half of them");
        }

        var back = new StoredReturn(psbt.UnsignedTransaction.Txid, psbt.ToBase64(), fee);
        await WriteAsync(stored.State with
        {
            Payments = stored.State.Payments.Replace(payment, payment with { Returns = payment.Returns.Add(back), BroadcastTxid = back.Txid }),
        });
        return await FinalizeAsync(owner, psbt);
    }

    /// <summary>The same inputs, all of their value to the payment's own change script; richer than whatever it takes the place of.</summary>
    private static (Psbt? Psbt, long Fee) TakeBack(StoredPayment payment, FeeRate rate)
    {
        var before = Psbt.ParseBase64(payment.Psbt);
        var original = before.UnsignedTransaction;
        var total = before.SpentOutputs().Sum(output => output.Value.Value);
        Transaction With(long fee) => new(2, original.Inputs.Select(input => new TxIn(input.PreviousOutput, TxIn.SequenceReplaceable)),
            [new TxOut(Satoshis.Of(total - fee), original.Outputs[^1].ScriptPubKey)], 0);
        var size = SizeOf(With(0));
        var (oldFee, oldSize) = payment.Returns is [.., var newest] ? (newest.Fee, size) : (payment.Fee, SizeOf(original));
        var least = BumpRules.LeastToReplace(new ChildFee(original.Txid, Satoshis.Of(oldFee), oldSize), size).Value;
        var fee = Math.Max(rate.FeeCeiling(Weight.Of(4 * size)).Value, least);
        if (fee > total / 2)
        {
            return (null, fee);
        }

        var psbt = Psbt.Create(With(fee));
        for (var i = 0; i < psbt.Inputs.Length; i++)
        {
            psbt.Inputs[i].WitnessUtxo = before.Inputs[i].WitnessUtxo;
            psbt.Inputs[i].TapInternalKey = before.Inputs[i].TapInternalKey;
            foreach (var (key, value) in before.Inputs[i].Map.All(PsbtInputField.TapDerivation))
            {
                psbt.Inputs[i].Map.Set(PsbtInputField.TapDerivation, key, value);
            }
        }

        return (psbt, fee);
    }

    /// <summary>Virtual bytes once every taproot coin is signed.</summary>
    private static long SizeOf(Transaction unsigned) => Weight.Of((4L * unsigned.ToBytes(withWitness: false).Length) + 2 + (66L * unsigned.Inputs.Length)).VirtualBytes;

    private async Task<Answer<string>> FinalizeAsync(string owner, Psbt psbt)
    {
        var finalized = await wallet.FinalizeAsync(owner, psbt, CancellationToken.None);
        return finalized.TryGet(out var transaction) ? transaction.ToHex() : Refused(finalized.Refusal, finalized.Describe());
    }

    private static ForeignInput Foreign(EscrowInput escrow) => new(
        OutPoint.Parse(escrow.Outpoint),
        new TxOut(Satoshis.Of(escrow.Value), Script.PayToWitnessScriptHash(Script.FromHex(escrow.WitnessScript))),
        Weight.Of(escrow.Weight));

    /// <summary>What the escrows' players need to sign: their scripts, and that only ALL is taken.</summary>
    private static StoredPayment Describe(StoredPayment payment, ImmutableArray<EscrowInput> escrows)
    {
        if (escrows.IsEmpty)
        {
            return payment;
        }

        var psbt = Psbt.ParseBase64(payment.Psbt);
        var inputs = psbt.UnsignedTransaction.Inputs.Select(input => input.PreviousOutput.ToString()).ToList();
        foreach (var escrow in escrows)
        {
            var input = psbt.Inputs[inputs.IndexOf(escrow.Outpoint)];
            input.WitnessScript = Script.FromHex(escrow.WitnessScript);
            input.SighashType = (uint)SighashType.All;
        }

        return payment with { Psbt = psbt.ToBase64() };
    }
}
