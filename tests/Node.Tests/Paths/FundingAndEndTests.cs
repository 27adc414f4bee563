using Coordinator.Bitcoin;
using Coordinator.Chain;
using Coordinator.Dlc;
using Coordinator.Wallet;

namespace Coordinator.Node.Tests;

/// <summary>The funding output: how coins get there, and the three ways out of it.</summary>
[Collection(NodeSuite.Name)]
public sealed class FundingAndEndTests(NodeFixture fixture)
{
    private RegtestNode Node => fixture.Node;

    [Fact]
    public async Task Wallet_coins_fund_a_contract_and_only_with_the_wallets_own_signatures()
    {
        var contract = await PlayedContract.PrepareAsync(fixture, new ContractShape(3, 2));
        var funding = contract.Funding;
        await Node.RefusesAsync(funding.Bent(), BroadcastRefusal.InvalidScript, "Invalid Schnorr signature");
        await Node.RefusesAsync(funding.WithWitness(0), BroadcastRefusal.InvalidScript, "Witness program was passed an empty witness");
        var stolen = new Transaction(2, funding.Inputs, [fixture.Purse.Own(100_000), .. funding.Outputs.Skip(1)], 0);
        await Node.RefusesAsync(stolen, BroadcastRefusal.InvalidScript, "Invalid Schnorr signature");
        var more = new Transaction(2, funding.Inputs, [.. funding.Outputs, fixture.Purse.Own(5_000_000)], 0);
        await Node.RefusesAsync(more, BroadcastRefusal.OutputsExceedInputs, "bad-txns-in-belowout");
        await Node.ConfirmAsync(funding);
        Assert.Equal(contract.Dlc.FundingOutput, (await Node.TransactionAsync(funding.Txid)).Outputs[0]);

        // What it spent is gone: another payment of the same coin does not exist.
        await Node.RefusesAsync(stolen, BroadcastRefusal.MissingInputs, "missing-inputs");
    }

    [Theory, InlineData(3, 2), InlineData(5, 3)]
    public async Task Every_outcome_is_opened_by_its_attestation_and_by_no_other(int players, int places)
    {
        var contract = await PlayedContract.FundAsync(fixture, new ContractShape(players, places));
        var outcomes = contract.Dlc.Outcomes.Select(entry => entry.Outcome).Where(outcome => !outcome.IsExpiry).ToArray();
        var right = outcomes.Select(contract.OutcomeOf).ToArray();
        var verdicts = await Node.TestAsync([.. right.Select(transaction => transaction.ToHex())]);
        Assert.All(verdicts, verdict => Assert.True(verdict.IsTaken, verdict.ToString()));

        // The signature of every outcome, completed by the attestation of the next one, and the next one's own signature.
        var crossed = outcomes.Select((outcome, index) =>
        {
            var next = outcomes[(index + 1) % outcomes.Length];
            using var scalar = SecretKey.From(contract.Attestation(next));
            return right[index].With(0, contract.Signed.Signatures.OutcomeSignature(outcome.AttestationIndex)!.Adapt(scalar)!.ToBytes()).ToHex();
        });
        var others = right.Select((transaction, index) => transaction.With(0, right[(index + 1) % right.Length].Inputs[0].Witness[0]).ToHex());
        Assert.All(await Node.TestAsync([.. crossed, .. others]), verdict => Assert.Equal(BroadcastRefusal.InvalidScript, verdict.Name));

        // The adaptor signature itself, without any attestation.
        var sealedOnly = contract.Signed.Signatures.OutcomeSignature(0)!.ToBytes()[1..];
        await Node.RefusesAsync(right[0].With(0, sealedOnly), BroadcastRefusal.InvalidScript, "Invalid Schnorr signature");
        await Node.RefusesAsync(right[0].Bent(), BroadcastRefusal.InvalidScript, "Invalid Schnorr signature");

        // One outcome for ever: after it no other one, and no expiry.
        await Node.ConfirmAsync(right[0]);
        await Node.RefusesAsync(right[1], BroadcastRefusal.MissingInputs, "missing-inputs");
    }

    [Fact]
    public async Task The_attestation_can_be_read_off_the_chain()
    {
        var contract = await PlayedContract.FundAsync(fixture, new ContractShape(3, 2));
        var outcome = contract.Rankings.First;
        await Node.ConfirmAsync(contract.OutcomeOf(outcome));
        var spending = Assert.IsType<ChainAnswer<OutputSpending>.Known>(
            await fixture.Chain.GetSpendingAsync(contract.Dlc.FundingOutpoint, default)).Value;
        var recognised = contract.Signed.Recognise(Assert.IsType<OutputSpending.Spent>(spending).By);
        Assert.Equal(outcome, recognised!.Value.Outcome);
        Assert.Equal(contract.Attestation(outcome), recognised.Value.Attestation!.ToBytes());
    }

    [Theory, InlineData(3, 2), InlineData(5, 3)]
    public async Task The_expiry_opens_when_the_median_time_is_past_it_and_not_before(int players, int places)
    {
        var expiry = await Node.MedianTimeAsync() + 7_200;
        var contract = await PlayedContract.FundAsync(fixture, new ContractShape(players, places) { Expiry = (uint)expiry });
        var transaction = contract.OutcomeOf(Outcome.Expiry);
        await Node.RefusesAsync(transaction, BroadcastRefusal.NonFinal, "non-final");

        // The time itself is not enough, nor is a tip past it: the median of eleven blocks counts (BIP-113).
        await Node.SetTimeAsync(expiry);
        var refused = 0;
        for (var blocks = 0; await Node.MedianTimeAsync() <= expiry && blocks < 30; blocks++, refused++)
        {
            await Node.RefusesAsync(transaction, BroadcastRefusal.NonFinal, "non-final", $"median time {await Node.MedianTimeAsync()}, expiry {expiry}");
            await Node.MineAsync();
        }

        Assert.True(refused > 6, $"{refused} blocks");
        Assert.Equal(expiry + 1, await Node.MedianTimeAsync());
        await Node.RefusesAsync(transaction.Bent(), BroadcastRefusal.InvalidScript, "Invalid Schnorr signature");
        var sooner = new Transaction(2, transaction.Inputs, transaction.Outputs, transaction.LockTime - 1);
        await Node.RefusesAsync(sooner, BroadcastRefusal.InvalidScript, "Invalid Schnorr signature");

        // An attestation that comes now is still good; whichever confirms first decides.
        await Node.TakesAsync(contract.OutcomeOf(contract.Rankings.First));
        await Node.ConfirmAsync(transaction);
        await Node.RefusesAsync(contract.OutcomeOf(contract.Rankings.First), BroadcastRefusal.MissingInputs, "missing-inputs");
    }

    [Fact]
    public async Task Everybody_together_closes_the_funding_and_nobody_less()
    {
        var contract = await PlayedContract.FundAsync(fixture, new ContractShape(3, 2));
        var sweep = contract.Dlc.FundingClose();
        var destination = fixture.Wallet.AddressAt(new Derivation(Keychain.External, 1)).ScriptPubKey;
        var close = SweepTransaction.Build(destination, FeeRate.FromSatPerVbyte(2), sweep).SignClose(0, contract.Everybody).Transaction;
        await Node.TakesAsync(close);
        await Node.RefusesAsync(close.Bent(), BroadcastRefusal.InvalidScript, "Invalid Schnorr signature");
        foreach (var alone in contract.Everybody)
        {
            await Node.RefusesAsync(CraftedSpend.ByKey(sweep, alone, destination), BroadcastRefusal.InvalidScript, "Invalid Schnorr signature");
        }

        using var winners = contract.GroupSecret(contract.Dlc.WinnersKey(contract.Rankings.First));
        await Node.RefusesAsync(CraftedSpend.ByKey(sweep, winners, destination), BroadcastRefusal.InvalidScript, "Invalid Schnorr signature");
        await Node.ConfirmAsync(close);
    }
}
