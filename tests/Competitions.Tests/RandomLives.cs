namespace Coordinator.Competitions.Tests;

/// <summary>
/// Competitions that live through facts in any order, late, twice, false or never. What must hold for money is checked after every step.
/// </summary>
[Trait("Kind", "Properties")]
public sealed class RandomLives
{
    [Fact]
    public void Money_is_safe_in_any_order_of_facts_from_the_beginning()
    {
        var seen = new SortedSet<string>(StringComparer.Ordinal);
        for (var seed = 1UL; seed <= 80; seed++)
        {
            var life = new Life(seed, Played.New(seed: seed));
            life.Run(100);
            seen.UnionWith(life.States);
        }

        Assert.Superset(new SortedSet<string>(["CollectingEntries", "SigningComplete", "FundingConfirmed", "OutcomeBroadcasted", "Failed", "Cancelled"]), seen);
    }

    [Fact]
    public void Money_is_safe_in_any_order_of_facts_where_a_service_signs()
    {
        var seen = new SortedSet<string>(StringComparer.Ordinal);
        for (var seed = 30_001UL; seed <= 30_080; seed++)
        {
            var life = new Life(seed, Played.New(Given.KeymeldTerms(), seed));
            life.Run(120);
            seen.UnionWith(life.States);
        }

        Assert.Superset(new SortedSet<string>(["KeygenPending", "RemoteSigning", "SigningComplete", "FundingConfirmed", "Cancelled"]), seen);
        Assert.DoesNotContain("ContractCreated", seen);
    }

    [Fact]
    public void Money_is_safe_in_any_order_of_facts_from_every_state()
    {
        var seed = 10_000UL;
        foreach (var (_, play) in Playbook.States)
        {
            for (var life = 0; life < 6; life++)
            {
                new Life(++seed, play()).Run(60);
            }
        }
    }

    [Fact]
    public void Money_is_safe_with_several_winners_of_whom_some_are_unsold()
    {
        for (var seed = 20_000UL; seed < 20_060; seed++)
        {
            new Life(seed, Playbook.FundingConfirmed(Given.Terms(4, 2))).Run(60);
        }
    }

    [Fact]
    public void A_competition_that_is_told_the_truth_completes_and_wants_nothing_more()
    {
        for (var seed = 1UL; seed <= 40; seed++)
        {
            var played = Playbook.FundingBroadcasted(seed: seed);
            var world = new TrueWorld(played, new SplitMix(seed));
            var steps = 0;
            while (played.State is not Completed && steps++ < 400)
            {
                world.Step();
            }

            Assert.True(played.State is Completed, $"seed {seed}: {Documents.Write(played.State)}");
            Assert.Empty(played.Wants);
        }
    }

    /// <summary>Carries out what is wanted, some time or other, and tells what it saw.</summary>
    private sealed class TrueWorld(Played played, SplitMix mix)
    {
        private ChainView _chain = ChainView.Empty with { Tip = Given.Tip };

        public void Step()
        {
            _chain = _chain with { Tip = _chain.Tip + 1 };
            foreach (var effect in played.Wants.Where(_ => !mix.OneIn(3)).ToList())
            {
                Act(effect);
            }

            if (mix.OneIn(4))
            {
                played.Learn(new AttestationSeen(0, "aa", played.Now));
            }

            WinnerClaims();
            played.See(_chain);
        }

        private void Act(Effect effect)
        {
            var at = _chain.Tip;
            switch (effect)
            {
                case BroadcastFunding:
                    _chain = _chain with { FundingSeen = true, FundingHeight = at };
                    break;
                case SettleInvoice settle:
                    var fate = mix.OneIn(5) ? InvoiceStatus.Canceled : InvoiceStatus.Settled;
                    played.Learn(new InvoiceSeen(settle.Hash, fate, null, 1, played.Now));
                    break;
                case BroadcastOutcome outcome:
                    _chain = _chain.WithOutcome(at, outcome.Outcome);
                    break;
                case BroadcastSplit:
                    _chain = _chain.WithSplit(at);
                    break;
                case ReclaimOutcome:
                    _chain = _chain.WithSplit(at, SplitSpendKind.Reclaim);
                    break;
                default:
                    break;
            }
        }

        private void WinnerClaims()
        {
            if (_chain.Split is { Kind: SplitSpendKind.Split } && _chain.Shares.IsEmpty && mix.OneIn(3))
            {
                _chain = _chain.WithShare(played.Winner(), ShareSpendKind.Win, _chain.Tip);
            }
        }
    }
}
