using Coordinator.Chain;

namespace Coordinator.Wallet;

/// <summary>Finds the wallet's outputs: both keychains, index by index, until a gap of unused scripts.</summary>
internal sealed class WalletScanner(IChain chain, WalletAddresses addresses, WalletOptions options)
{
    /// <summary>No wallet of ours uses more; a source that says so is wrong.</summary>
    private const uint MostIndices = 1_000_000;

    public async Task<ChainAnswer<WalletView>> ScanAsync(CancellationToken cancellation)
    {
        var tip = await chain.GetTipAsync(cancellation);
        if (!tip.TryGet(out var known))
        {
            return Fault(tip);
        }

        var found = new List<WalletOutput>();
        var next = new uint[2];
        foreach (var keychain in new[] { Keychain.External, Keychain.Internal })
        {
            var scanned = await ScanAsync(keychain, found, cancellation);
            if (!scanned.TryGet(out next[(int)keychain]))
            {
                return Fault(scanned);
            }
        }

        return ChainAnswer.Known(new WalletView(known, found, next[0], next[1]));
    }

    private async Task<ChainAnswer<uint>> ScanAsync(Keychain keychain, List<WalletOutput> found, CancellationToken cancellation)
    {
        var unused = 0u;
        for (var index = 0u; index < MostIndices; index += (uint)options.ScanParallelism)
        {
            var batch = Enumerable.Range(0, options.ScanParallelism).Select(i => new Derivation(keychain, index + (uint)i)).ToArray();
            var answers = await Task.WhenAll(batch.Select(place => chain.GetScriptHistoryAsync(addresses.Output(place).ScriptPubKey, cancellation)));
            for (var i = 0; i < batch.Length; i++)
            {
                if (!answers[i].TryGet(out var history))
                {
                    return answers[i].Map(_ => 0u);
                }

                if (history.IsUsed)
                {
                    unused = batch[i].Index + 1;
                    found.AddRange(history.Outputs.OrderBy(output => output.OutPoint).Select(output => new WalletOutput(
                        output.OutPoint, output.Output, batch[i], output.IsCoinbase, output.Status, output.SpentBy)));
                }
            }

            if (batch[^1].Index + 1 - unused >= options.StopGap)
            {
                return ChainAnswer.Known(unused);
            }
        }

        return new ChainAnswer<uint>.Unavailable(ChainFault.BadAnswer, $"more than {MostIndices} used addresses");
    }

    private static ChainAnswer<WalletView> Fault<T>(ChainAnswer<T> answer)
        => answer.Map<WalletView>(_ => throw new InvalidOperationException("a fault has no value"));
}
