using Coordinator.Testing;

namespace Coordinator.Players.Tests;

public sealed class OwnNoncesTests
{
    [Fact]
    public void A_player_that_was_restarted_draws_new_nonces_and_sends_them_although_the_coordinator_has_its_old_ones()
    {
        Assert.Equal(SigningStep.Open, OwnNonces.Next(null, "round 1", hasNonces: true, hasPartials: false));
        Assert.Equal(SigningStep.SendNonces, OwnNonces.Next(new OwnNonces("round 1", false, false, false), "round 1", hasNonces: true, hasPartials: false));
    }

    [Fact]
    public void Nonces_that_began_a_new_round_are_kept_and_those_that_have_signed_are_not()
    {
        Assert.Equal(SigningStep.Adopt, OwnNonces.Next(new OwnNonces("round 1", true, true, false), "round 2", hasNonces: true, hasPartials: false));
        Assert.Equal(SigningStep.Open, OwnNonces.Next(new OwnNonces("round 1", true, true, true), "round 2", hasNonces: true, hasPartials: false));
        Assert.Equal(SigningStep.Open, OwnNonces.Next(new OwnNonces("round 1", true, true, false), "round 2", hasNonces: false, hasPartials: false));
    }

    [Fact]
    public void A_player_whose_signatures_are_in_forces_no_new_round()
        => Assert.Equal(SigningStep.Wait, OwnNonces.Next(null, "round 1", hasNonces: true, hasPartials: true));

    [Fact]
    public void A_player_signs_only_with_the_nonces_that_the_coordinator_holds()
    {
        var signed = 0;
        for (ulong seed = 1; seed <= 2000; seed++)
        {
            var game = new Rounds(new SplitMix64(seed));
            for (var step = 0; step < 60; step++)
            {
                Assert.True(game.Play(), $"seed {seed}, step {step}: signed with other nonces than were sent, or twice with the same");
            }

            signed += game.Signed;
        }

        Assert.True(signed > 2000, $"only {signed} signatures in 2000 games");
    }

    /// <summary>One player and what the coordinator keeps of it: answers get lost, the player is restarted, others force new rounds.</summary>
    private sealed class Rounds(SplitMix64 random)
    {
        private readonly HashSet<int> _spent = [];
        private int _round = 1;
        private bool _published;
        private int? _held;
        private bool _partials;
        private OwnNonces? _own;
        private int _drawn;

        public int Signed { get; private set; }

        public bool Play()
        {
            switch (random.Below(12))
            {
                case 0:
                    _own = null;
                    return true;
                case 1:
                    (_round, _published, _held, _partials) = (_round + 1, false, null, false);
                    return true;
                case 2:
                    _published |= _held is not null;
                    return true;
                default:
                    return Step();
            }
        }

        private bool Step()
        {
            var name = $"round {_round}";
            switch (OwnNonces.Next(_own, name, _held is not null, _partials))
            {
                case SigningStep.Open:
                    (_drawn, _own) = (_drawn + 1, new OwnNonces(name, false, false, false));
                    break;
                case SigningStep.Adopt:
                    _own = new OwnNonces(name, true, false, false);
                    break;
                case SigningStep.Sign when _published:
                    _own = _own!.Value with { Signed = true };
                    (_partials, Signed) = (true, Signed + 1);
                    return _held == _drawn && _spent.Add(_drawn);
                default:
                    return true;
                case SigningStep.SendNonces:
                    break;
            }

            Send();
            return true;
        }

        private void Send()
        {
            _own = _own!.Value with { Offered = true };
            var lost = random.Below(3);
            if (lost != 1 && _held != _drawn)
            {
                (_round, _published) = _published ? (_round + 1, false) : (_round, false);
                (_held, _partials) = (_drawn, false);
            }

            _own = _own.Value with { Accepted = lost == 0 };
        }
    }
}
