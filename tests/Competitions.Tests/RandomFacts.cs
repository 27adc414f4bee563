using Coordinator.Bitcoin;

namespace Coordinator.Competitions.Tests;

/// <summary>Facts and commands that may come to a competition: true, late, false or absurd.</summary>
internal sealed class RandomFacts(SplitMix mix, Played played)
{
    private DateTimeOffset Now => played.Now;

    private Ticket Seat => mix.OneOf(played.Roster.Tickets);

    private Guid Entry => Seat.Entry?.Id ?? Guid.Empty;

    private string Round => played.State is Signing signing && !mix.OneIn(4) ? signing.Round.Id : "round 1";

    public Fact Next() => mix.Below(played.Header.Keymeld is null ? 22 : 30) switch
    {
        0 => new TimePassed(mix.OneIn(12) ? mix.OneOf(played.Terms.Close, played.Terms.SigningDeadline, Now.AddMinutes(16)) : Now),
        1 => new InvoiceIssued(Seat.Id, Seat.Hash, "lnbcrt1", Now),
        2 or 3 or 4 or 5 => Invoice(),
        6 => Seat is var seat ? new TicketRotated(seat.Id, seat.Hash, Hash32.From(mix.Bytes(32)), "sealed", Now) : null!,
        7 => new OracleEventReady(Given.Hash("announcement"), Now),
        8 => mix.OneIn(8) ? new OracleRefused("no", Now) : new OracleEntriesAccepted(Now),
        9 => played.Roster.Complete ? new ContractPrepared(Given.Contract(played.Roster), "round 1", Now) : new CoinsReleased(Now),
        10 => mix.OneIn(8) ? new ContractImpossible("no", Now) : new NoncesAggregated(Round, Given.Hash("aggregate"), Now),
        11 => mix.OneIn(4) ? new OwnNoncesLost(Round, $"round {mix.Next()}", Now) : new OwnPartSigned(Round, Given.Hash("own"), Now),
        12 => mix.OneIn(3) ? new PartialsRejected(Round, [Entry], Now) : new ContractSigned(Round, Given.Hash("signed"), Now),
        13 => new SignaturesFetched(Entry, Now),
        14 => mix.OneIn(2)
            ? new FundingCleared(Given.Tip + mix.Below(420), Now)
            : new BumpIntended(new Bump(mix.OneOf(Enum.GetValues<BumpTarget>()), mix.Below(4) - 1, Given.Txid("parent"), Given.Txid($"child {mix.Below(3)}"), Satoshis.Of(mix.Below(900)), 1, Given.Tip), Now),
        15 => mix.OneIn(10) || played.State is LiveState ? new AttestationSeen(0, "aa", Now) : new TimePassed(Now),
        16 or 17 => Payment(),
        > 21 => Remote(),
        _ => new ChainSeen(Chain(), Now),
    };

    private Fact Remote()
    {
        var session = mix.OneIn(6) ? Guid.Empty : played.Keymeld.Id;
        var batch = played.State is RemoteSigning remote ? mix.OneOf(remote.Batches).Session : played.NewId();
        return mix.Below(9) switch
        {
            0 => new KeymeldProbed(session, mix.OneIn(2), "seen", Now),
            1 or 2 => Seat is var seat ? new SeatRegistered(session, seat.Id, mix.OneIn(9) ? Guid.Empty : seat.Entry?.Id, 1 + mix.Below(2), Now) : null!,
            3 => new SeatStale(session, Seat.Id, Now),
            4 => mix.OneIn(6) ? new SeatRefused(session, Seat.Id, Entry, "no", Now) : new BatchPosted(session, batch, Now),
            5 => mix.OneIn(20) ? new KeymeldBurned(session, "another key", Now) : new BatchPosted(session, batch, Now),
            6 => new KeygenChecked(session, [played.NewId(), played.NewId()], Now),
            7 => new BatchSigned(session, batch, Given.Hash("batch"), Now),
            _ => mix.OneIn(3)
                ? new BatchFailed(session, batch, played.NewId(), "no answer", Now)
                : new ContractSigned(RemoteSigning.Round, Given.Hash("signed"), Now),
        };
    }

    public Command NextCommand()
    {
        var player = mix.Below(played.Terms.Entries + 1);
        var seat = played.Roster.Tickets.FirstOrDefault(ticket => Given.Player(player).Equals(ticket.Holder)) ?? Seat;
        return mix.Below(12) switch
        {
            0 or 1 => new RequestTicket(Given.Player(player), Given.Key($"dlc {player} {mix.Below(3)}"), played.NewId(), Now),
            2 or 3 => new SubmitEntry(seat.Id, Draft(player, seat), Now),
            4 => new SubmitNonces(Given.Player(player), seat.Entry?.Id ?? Guid.Empty, null, Hash32.From(mix.Bytes(32)), $"round {mix.Next()}", Now),
            5 => new SubmitPartials(Given.Player(player), seat.Entry?.Id ?? Guid.Empty, Round, Given.Hash($"partials {mix.Below(2)}"), Now),
            6 or 7 => Payout(player, seat),
            8 => new HandOverKey(Given.Player(player), seat.Entry?.Id ?? Guid.Empty, seat.Id, "sealed key", Now),
            9 => mix.OneIn(15) ? new Cancel("no", Now) : new ReleaseShare(Guid.Empty, Now),
            10 => new ReleaseShare(mix.OneIn(3) ? Entry : Guid.Empty, Now),
            _ => new SubmitEntry(Seat.Id, Draft(player, seat), Now),
        };
    }

    private Entry Draft(int player, Ticket seat) => Given.Entry(player, seat.OfferedEntryId ?? played.NewId(), Now) with
    {
        Key = seat.BtcKey ?? Given.DlcKey(player),
        PayoutHash = Given.Hash($"payout {player} {mix.Below(4)}"),
    };

    private RequestPayout Payout(int player, Ticket seat)
    {
        var own = seat.Entry?.PayoutHash ?? Given.Hash("none");
        var trusting = mix.OneIn(3);
        return new RequestPayout(
            Given.Player(player), seat.Entry?.Id ?? Guid.Empty, seat.Id, $"lnbcrt{mix.Below(2)}",
            trusting ? mix.OneOf(Given.Hash($"ordinary {mix.Below(3)}"), Seat.Hash, Seat.Entry?.PayoutHash ?? own) : own,
            null, Now.AddHours(1), 18, played.Chain.Tip, 1_000, trusting, trusting ? "sealed key" : null, trusting ? "sealed preimage" : null, Now);
    }

    private InvoiceSeen Invoice()
    {
        var hash = mix.OneIn(6) && !played.Roster.RetiredHashes.IsEmpty ? mix.OneOf(played.Roster.RetiredHashes) : Seat.Hash;
        var price = played.Terms.Price.ToMillisatoshis().Value;
        var live = played.State is LiveState;
        return mix.Below(live ? 4 : 24) switch
        {
            0 => new InvoiceSeen(hash, InvoiceStatus.Canceled, null, 0, Now),
            1 => new InvoiceSeen(hash, InvoiceStatus.Open, null, 0, Now),
            2 when live || mix.OneIn(6) => new InvoiceSeen(hash, InvoiceStatus.Settled, null, price, Now),
            3 => new InvoiceSeen(hash, InvoiceStatus.Accepted, null, price - 1, Now),
            _ => new InvoiceSeen(hash, InvoiceStatus.Accepted, Given.Tip + 380 + mix.Below(40), price + mix.Below(2), Now),
        };
    }

    private PaymentSeen Payment()
    {
        var payouts = (played.State as LiveState)?.Live.Payouts ?? [];
        var (entry, hash) = payouts.IsEmpty || mix.OneIn(6)
            ? (Entry, Given.Hash("ordinary 1"))
            : mix.OneOf(payouts) is var payout ? (payout.Entry, payout.PaymentHash) : default;
        var state = mix.OneOf(PaymentState.InFlight, PaymentState.Succeeded, PaymentState.Failed);
        return new PaymentSeen(entry, hash, state, state == PaymentState.Succeeded && !mix.OneIn(4) ? "sealed" : null, 1, "no route", Now);
    }

    private FeeView Fees()
    {
        WaitingFee Any(BumpTarget target, int winner) => new(
            target, winner, Given.Txid($"waiting {target}"), Satoshis.Of(mix.Below(2_000)), 1 + mix.Below(300),
            mix.OneIn(2) ? null : new ChildFee(Given.Txid("child"), Satoshis.Of(mix.Below(9_000)), 1 + mix.Below(300)));
        return new FeeView(FeeRate.FromSatPerVbyte(1 + mix.Below(40)), [
            .. Enum.GetValues<BumpTarget>().Where(target => target != BumpTarget.Share && mix.OneIn(2)).Select(target => Any(target, -1)),
            .. Enumerable.Range(0, 3).Where(_ => mix.OneIn(2)).Select(winner => Any(BumpTarget.Share, winner))]);
    }

    /// <summary>The chain moves on, or back, by a little or by everything.</summary>
    private ChainView Chain()
    {
        var chain = played.Chain with { Tip = Math.Max(Given.Tip, played.Chain.Tip + mix.Below(30) - 3), MedianTimePast = mix.OneIn(4) ? long.MaxValue / 2 : 0 };
        int? Height() => mix.OneIn(3) ? null : chain.Tip - mix.Below(4);
        chain = mix.OneIn(3) ? chain with { Fees = Fees() } : chain;
        return mix.Below(14) switch
        {
            0 => chain with { FundingSeen = true },
            1 or 2 => chain with { FundingSeen = true, FundingHeight = chain.Tip },
            3 or 4 => chain.WithOutcome(Height(), mix.Below(4) - 1),
            5 => chain with { Outcome = null, Split = null, Shares = [] },
            6 or 7 => chain.Outcome is null ? chain : chain.WithSplit(Height(), mix.OneOf(SplitSpendKind.Split, SplitSpendKind.Split, SplitSpendKind.Close)),
            8 => chain.Split is null || !chain.Shares.IsEmpty
                ? chain
                : chain.WithShare(mix.Below(3), mix.OneOf(ShareSpendKind.Win, ShareSpendKind.SellBack, ShareSpendKind.Reclaim), Height()),
            9 => mix.OneIn(5) ? ChainView.Empty with { Tip = chain.Tip, FundingConflict = Given.Txid("other") } : chain,
            10 => ChainView.Empty with { Tip = chain.Tip },
            11 => mix.OneIn(4) ? chain with { Outcome = new OutcomeSpend(OutcomeSpendKind.Foreign, -1, Given.Txid("stranger"), Height()) } : chain,
            _ => chain with { Tip = chain.Tip + mix.Below(60) },
        };
    }
}
