using Coordinator.Bitcoin;

namespace Coordinator.Wallet;

/// <summary>Looks for coins that pay an order so exactly that no change is worth making: cheaper now, and nothing is left to spend later.</summary>
/// <remarks>Depth first over the coins from large to small, with or without each, cut off where no way on can reach the target, exceed it by too
/// little, or waste less than what is found. Waste is what the inputs cost above what they would cost at the long-term rate, and what is given
/// away to the miner. Sums are in thousandths of a satoshi, so nothing is rounded before the end.</remarks>
internal static class BranchAndBound
{
    /// <summary>Steps of the search; afterwards the best so far is taken.</summary>
    public const int MostTries = 100_000;

    /// <summary>As many inputs as one byte counts.</summary>
    private const int MostInputs = 252;

    /// <summary>The least wasteful exact set of what was searched, or null.</summary>
    /// <param name="usable">Worth more than their input costs, in an order that does not depend on chance.</param>
    /// <param name="request">With at least one output and without required change.</param>
    public static IReadOnlyList<WalletOutput>? Find(IReadOnlyList<WalletOutput> usable, SelectionRequest request)
    {
        if (request.Outputs.Count == 0 || request.LeastChange > Satoshis.Zero)
        {
            return null;
        }

        var search = new Search(usable, request);
        for (var tries = 0; tries < MostTries && search.Step(); tries++)
        {
        }

        return search.Best;
    }

    /// <summary>The state of one search.</summary>
    private sealed class Search
    {
        private readonly List<(WalletOutput Coin, Int128 Worth)> _pool;
        private readonly List<int> _chosen = [];
        private readonly int _most;
        private readonly Int128 _target;
        private readonly Int128 _mostOver;
        private readonly Int128 _wasteOfInput;
        private int _index;
        private Int128 _sum;
        private Int128 _ahead;
        private Int128 _leastWaste;

        public Search(IReadOnlyList<WalletOutput> usable, SelectionRequest request)
        {
            var rate = (Int128)request.FeeRate.SatPerKwu;
            var input = TransactionWeights.TaprootKeyInput.Units;
            var scripts = request.Outputs.Select(output => output.ScriptPubKey).ToList();
            var plain = TransactionWeights.Of(0, 0, scripts).Units;
            var withChange = TransactionWeights.Of(0, 0, [.. scripts, request.ChangeScript]).Units;
            _pool = [.. usable.Select(coin => (Coin: coin, Worth: ((Int128)coin.Output.Value.Value * 1_000) - (rate * input)))
                .OrderByDescending(item => item.Worth).ThenBy(item => item.Coin.OutPoint)];
            _target = (request.Outputs.Aggregate((Int128)0, (sum, output) => sum + output.Value.Value) * 1_000) + (rate * plain);
            _mostOver = (rate * (withChange - plain)) + ((CoinSelection.LeastWorthwhileChange(request) - 1) * 1_000);
            _wasteOfInput = (rate - request.LongTermRate.SatPerKwu) * input;
            _most = Math.Min(request.MostInputs, MostInputs);
            _ahead = _pool.Aggregate((Int128)0, (sum, item) => sum + item.Worth);
        }

        public IReadOnlyList<WalletOutput>? Best { get; private set; }

        private Int128 Waste => _wasteOfInput * _chosen.Count;

        /// <summary>False where everything was searched.</summary>
        public bool Step()
        {
            if (IsOver())
            {
                if (_chosen.Count == 0)
                {
                    return false;
                }

                for (_index--; _index > _chosen[^1]; _index--)
                {
                    _ahead += _pool[_index].Worth;
                }

                _sum -= _pool[_index].Worth;
                _chosen.RemoveAt(_chosen.Count - 1);
            }
            else
            {
                Include();
            }

            _index++;
            return true;
        }

        /// <summary>Whether nothing that begins like this is better; an exact sum is noted.</summary>
        private bool IsOver()
        {
            if (_sum + _ahead < _target || _sum > _target + _mostOver || _chosen.Count > _most
                || (Best is not null && _wasteOfInput > 0 && Waste > _leastWaste))
            {
                return true;
            }

            if (_sum < _target)
            {
                return false;
            }

            var waste = Waste + _sum - _target;
            if (Best is null || waste < _leastWaste)
            {
                (Best, _leastWaste) = ([.. _chosen.Select(index => _pool[index].Coin)], waste);
            }

            return true;
        }

        /// <summary>Takes the next coin, unless an equal one was just left out: that way was searched.</summary>
        private void Include()
        {
            var worth = _pool[_index].Worth;
            _ahead -= worth;
            if (_chosen.Count == 0 ? _index == 0 || _pool[_index - 1].Worth != worth : _chosen[^1] == _index - 1 || _pool[_index - 1].Worth != worth)
            {
                _chosen.Add(_index);
                _sum += worth;
            }
        }
    }
}
