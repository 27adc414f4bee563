using System.Globalization;
using Coordinator.Bitcoin;
using Coordinator.Dlc;
using Coordinator.Grains;
using Coordinator.Lightning;
using Coordinator.Simulators.Lnd;

namespace Coordinator.Simulation;

/// <summary>How a winner comes by its share.</summary>
internal sealed partial class SimPlayer
{
    private const long TwoDays = 172_800;

    private string? _invoice;
    private Preimage? _ordinary;
    private bool _askedTwice;
    private bool _scripted;

    private async Task TakeAsync(CompetitionView view)
    {
        if (Signed is null || view.Outcome is not { } named || !OutcomeOf(named).Equals(Decided) || !Wins)
        {
            return;
        }

        if (Plan.Takes is Taking.Lightning or Taking.LightningAndKey)
        {
            await TakeOverLightningAsync();
        }
        else if (Plan.Takes == Taking.OnChain)
        {
            TakeOnChain();
        }
    }

    /// <summary>The confirmed outcome as the player's own contract knows it.</summary>
    private Outcome? Decided => _world.Chain.SpenderOf(Signed!.Dlc.FundingOutpoint) is { By: var by } ? Signed.Dlc.FindOutcomeOf(by.Transaction.OutPoint(0)) : null;

    private bool Wins => Decided is { } outcome && Signed!.Dlc.WinConditions.Contains(new WinCondition(outcome, Index));

    private static Outcome OutcomeOf(string text) => text == "exp" ? Outcome.Expiry : Outcome.Attestation(int.Parse(text[3..], CultureInfo.InvariantCulture));

    private async Task TakeOverLightningAsync()
    {
        var status = await StatusAsync();
        switch (status)
        {
            case { Stage: "closed" }:
                TakeOnChain();
                break;
            case { Stage: "open", ShareSats: { } share }:
                _invoice ??= AtomicInvoice(share);
                await AskPayoutAsync(new PayoutRequest(Player, Entry!.Id, Ticket!.TicketId, _invoice, null, null, false));
                break;
            case { Stage: "failed", ShareSats: { } share }:
                await AskPayoutAsync(Plan.TakesOrdinary ? OrdinaryRequest(share) : new PayoutRequest(Player, Entry!.Id, Ticket!.TicketId, _invoice, null, null, false));
                break;
            case { Stage: "intended" or "in_flight", ShareSats: { } share } when Plan.AsksTwice && !_askedTwice:
                _askedTwice = true;
                await AskPayoutAsync(OrdinaryRequest(share));
                break;
            case { Stage: "paid", KeyHeld: false } when Plan.Takes == Taking.LightningAndKey:
                await AskPayoutAsync(new PayoutRequest(Player, Entry!.Id, Ticket!.TicketId, null, Hex.Encode(_key.ToBytes()), null, false));
                break;
        }
    }

    private Task<Done?> AskPayoutAsync(PayoutRequest request) => AskAsync(grain => grain.RequestPayoutAsync(request));

    /// <summary>Paying it reveals the payout preimage (D19).</summary>
    private string AtomicInvoice(long share)
    {
        var preimage = Preimage.FromBytes(_payoutPreimage);
        Foretell(preimage.Hash);
        return _world.Lightning.AddInvoice(Name, new SimulatedInvoiceOrder(null, preimage, share * 1_000, TwoDays, 25, "payout")).PaymentRequest;
    }

    /// <summary>The reference's way: any invoice, key and preimage handed over first.</summary>
    private PayoutRequest OrdinaryRequest(long share)
    {
        if (_ordinary is null)
        {
            _ordinary = Preimage.FromBytes(_world.Random.Bytes(32));
            _world.Lightning.AddInvoice(Name, new SimulatedInvoiceOrder(null, _ordinary, share * 1_000, TwoDays, 25, "payout"));
        }

        var invoice = _world.Lightning.LookupInvoice(Name, _ordinary.Hash).PaymentRequest;
        return new PayoutRequest(Player, Entry!.Id, Ticket!.TicketId, invoice, Hex.Encode(_key.ToBytes()), Hex.Encode(_payoutPreimage), true);
    }

    /// <summary>What the network will do with the first payment.</summary>
    private void Foretell(PaymentHash hash)
    {
        if (_scripted)
        {
            return;
        }

        _scripted = true;
        if (Plan.PayoutFails && _world.Faults.Active)
        {
            _world.Faults.Happens(FaultKind.PaymentFails, $"{Name}'s payout");
            _world.Lightning.FailNext(hash, PaymentFailure.NoRoute);
        }

        if (Plan.PayoutSticks is { } well)
        {
            _competition.Stick(hash, well, $"{Name}'s payout");
        }
    }

    private async Task<PayoutStatusView?> StatusAsync()
    {
        var entries = await _world.RequestAsync(
            Name, async grains => (await grains.GetGrain<ICompetitionGrain>(_competition.Id).EntriesOfAsync(Player)).ToList());
        return entries?.FirstOrDefault()?.Payout;
    }

    /// <summary>Split through the own leaf at h+Δ, the win at g+Δ; the service may be gone.</summary>
    private void TakeOnChain()
    {
        if (TicketPreimage is not { } preimage)
        {
            return;
        }

        var signed = Signed!;
        var win = new WinCondition(Decided!.Value, Index);
        Submit(signed.SplitTransaction(win, preimage), "splits");
        if (_world.Chain.Find(signed.Dlc.SplitTxid(win.Outcome)) is { Block: not null })
        {
            var sweep = SweepTransaction.Build(ChainScript, FeeRate.FromSatPerVbyte(2), signed.Dlc.SplitWin(win));
            Submit(sweep.Sign(0, _key, preimage).Transaction, "takes its win");
        }
    }

    private void Submit(Transaction transaction, string what)
    {
        if (_world.Chain.Find(transaction.Txid) is null && _world.Chain.Submit(transaction).Refused is null)
        {
            _world.Trace.Add($"{Name} {what}: {FaultyChain.Short(transaction.Txid)}");
        }
    }
}
