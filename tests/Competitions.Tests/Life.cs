using System.Collections.Immutable;
using Coordinator.Bitcoin;

namespace Coordinator.Competitions.Tests;

/// <summary>One random life: any fact, any command, and after each what must hold.</summary>
internal sealed class Life(ulong seed, Played played)
{
    private readonly SplitMix _mix = new(seed);
    private readonly HashSet<Hash32> _settled = [];
    private readonly HashSet<Hash32> _cancelled = [];
    private readonly List<string> _story = [];
    private readonly bool _begunLive = played.State is LiveState;
    private bool _deep = played.State is LiveState { Live.Settling: true };

    /// <summary>Where this life has been.</summary>
    public SortedSet<string> States { get; } = new(StringComparer.Ordinal);

    public void Run(int steps)
    {
        Remember();
        for (var step = 0; step < steps; step++)
        {
            switch (_mix.OneIn(2) ? NaturalSteps.Next(played, _mix) : null)
            {
                case Fact next:
                    Learn(next);
                    break;
                case Command next:
                    Ask(next);
                    break;
                default:
                    Anything();
                    break;
            }

            Check();
            States.Add(played.State.GetType().Name);
        }
    }

    private void Anything()
    {
        var random = new RandomFacts(_mix, played);
        if (_mix.OneIn(3))
        {
            Ask(random.NextCommand());
        }
        else
        {
            Learn(random.Next());
        }
    }

    private void Learn(Fact fact)
    {
        _story.Add(fact.GetType().Name);
        if (fact is ChainSeen { Chain: { FundingHeight: { } height } chain }
            && played.State is LiveState { Live.Abandoned: null } or SigningComplete)
        {
            _deep |= chain.Depth(height) >= played.Terms.SettlementDepth;
        }

        played.Learn(fact);
        var once = Documents.Write(played.State);
        Hold(once == Documents.Write(played.State.Absorb(fact)), "the same fact twice changed something");
        Hold(once == Documents.Write(Documents.Read(once)), "the document did not survive");
        Remember();
    }

    private void Ask(Command command)
    {
        var before = Documents.Write(played.State);
        var verdict = played.State.Decide(command);
        Hold(verdict.Next is null != verdict.Refusal is null, "a verdict is one of two");
        _story.Add($"{command.GetType().Name}:{verdict.Refusal?.Code ?? "done"}");
        Hold(before == Documents.Write(played.State), "deciding changed the state");
        if (verdict.Next is not null)
        {
            played.Ask(command);
        }

        Remember();
    }

    private void Remember()
    {
        foreach (var effect in played.Wants)
        {
            _ = effect switch
            {
                SettleInvoice settle => _settled.Add(settle.Hash),
                CancelInvoice cancel => _cancelled.Add(cancel.Hash),
                RotateTicket rotate => _cancelled.Add(rotate.Hash),
                _ => false,
            };
        }
    }

    private void Check()
    {
        var wants = played.Wants.ToList();
        Hold(wants.Select(effect => effect.Key).Distinct().Count() == wants.Count, "two wants with one key");
        Hold(!_settled.Overlaps(_cancelled), "settling and cancelling were both wanted for one hash");
        Hold(_deep || !wants.Exists(effect => effect is SettleInvoice), "settling was wanted before the depth");
        Hold(Waits(wants), "nothing is wanted, watched or due, and it is not over");
        Hold(_begunLive || played.State is not LiveState || played.Header.StampOf("funding_broadcasted_at") is not null, "funded without an intent");
        CheckDeadline();
        CheckRoster();
        if (played.State is LiveState live)
        {
            CheckMoney(live, wants);
        }
    }

    private bool Waits(List<Effect> wants) => wants.Count > 0 || played.State is Completed or Cancelled || played.State.NextDeadline is not null
        || played.State.WatchesChain || played.State.WatchesOracle;

    private void CheckDeadline()
    {
        if (played.State.NextDeadline is { } due)
        {
            var after = played.State.Absorb(new TimePassed(due));
            Hold(after.NextDeadline is null || after.NextDeadline > due, "a deadline stays due after its time was told");
        }
    }

    private void CheckRoster()
    {
        var roster = played.Roster;
        Hold(roster.Tickets.Length == played.Terms.Entries, "a seat came or went");
        Hold(roster.Tickets.Select(ticket => ticket.Id).SequenceEqual(roster.Tickets.Select(ticket => ticket.Id).Order(UuidOrder.BigEndian)), "seats out of order");
        Hold(roster.UsedKeys.Distinct().Count() == roster.UsedKeys.Length, "a key twice");
        Hold(roster.UsedPayoutHashes.Distinct().Count() == roster.UsedPayoutHashes.Length, "a payout hash twice");
        Hold(!roster.Tickets.Any(ticket => roster.RetiredHashes.Contains(ticket.Hash)), "a retired hash is in use");
    }

    private void CheckMoney(LiveState state, List<Effect> wants)
    {
        var live = state.Live;
        Hold(!(live.Settling && live.Abandoned is not null), "settling and abandoned");
        Hold(live.Payouts.GroupBy(payout => payout.Entry).All(own => own.Count(payout => payout.Live) <= 1), "two live payouts of one entry");
        Hold(live.Payouts.GroupBy(payout => payout.PaymentHash).All(same => same.Select(payout => payout.Entry).Distinct().Count() == 1), "one hash, two entries");
        foreach (var effect in wants)
        {
            Hold(
                effect switch
                {
                    BroadcastSplit split => Stage(live, split.Winner) == TicketStage.Settled,
                    ReclaimOutcome => Winners(state).All(winner => Stage(live, winner) == TicketStage.Canceled),
                    BroadcastClose => Winners(state).All(winner => live.PayoutOf(live.Contract.Seats[winner]) is { Closable: true }),
                    SweepShare { Kind: ShareSweep.Close } sweep => live.PayoutOf(live.Contract.Seats[sweep.Winner])!.Stage == PayoutStage.Paid,
                    SweepShare { Kind: ShareSweep.SellBack } sweep => live.PayoutOf(live.Contract.Seats[sweep.Winner])!.Stage == PayoutStage.Paid,
                    SweepShare { Kind: ShareSweep.Reclaim } sweep => Ours(live, sweep.Winner),
                    PayWinner pay => played.Roster.FindEntry(pay.Entry)!.Stage == TicketStage.Settled,
                    BroadcastOutcome or BroadcastExpiry => live.Chain is { Outcome: null, FundingHeight: not null },
                    CancelInvoice => !live.Settling,
                    SettleInvoice => live.Settling,
                    BroadcastFunding => !live.Chain.FundingSeen,
                    BumpEffect bump => MayBump(live, bump),
                    EndBumps => state is Completed,
                    _ => false,
                },
                $"{effect.Key} must not be wanted");
        }
    }

    /// <summary>Only what is not confirmed is helped, and only while it pays less than the next block asks for.</summary>
    private static bool MayBump(Live live, BumpEffect bump) => live.Chain is { FundingConflict: null, Fees: not null } && bump switch
    {
        BumpFunding => live.Chain.FundingHeight is null,
        BumpOutcome => live.Chain.Outcome is null or { Height: null, Kind: OutcomeSpendKind.Attested },
        BumpExpiry => live.Chain.Outcome is null or { Height: null, Kind: OutcomeSpendKind.Expiry },
        BumpSplit => live.Chain.Split is null or { Height: null, Kind: SplitSpendKind.Split },
        BumpSweep { Winner: < 0 } => live.Chain.Split is { Height: null, Kind: SplitSpendKind.Close or SplitSpendKind.Reclaim },
        BumpSweep sweep => live.Chain.Share(sweep.Winner) is { Height: null, Kind: not (ShareSpendKind.Win or ShareSpendKind.Foreign) },
        _ => false,
    };

    private ImmutableArray<int> Winners(LiveState state) => state.Live.Contract.Winners(played.Terms, state.Live.Decided!.Outcome);

    private TicketStage Stage(Live live, int winner) => played.Roster.FindEntry(live.Contract.Seats[winner])!.Stage;

    private bool Ours(Live live, int winner)
    {
        var payout = live.PayoutOf(live.Contract.Seats[winner]);
        return payout?.Stage is not (PayoutStage.Intended or PayoutStage.InFlight)
            && (Stage(live, winner) == TicketStage.Canceled || live.Released.Contains(live.Contract.Seats[winner]) || payout?.Stage == PayoutStage.Paid);
    }

    private void Hold(bool holds, string what) => Assert.True(
        holds, $"seed {seed}: {what} in {played.State.GetType().Name} after {string.Join(", ", _story.TakeLast(12))}\n{(holds ? null : Documents.Write(played.State))}");
}
