using Coordinator.Bitcoin;
using Coordinator.Chain;

namespace Coordinator.Wallet;

/// <summary>One output of the wallet, spent or not.</summary>
/// <param name="OutPoint">Its name.</param>
/// <param name="Output">Amount and script.</param>
/// <param name="Derivation">Where its key is.</param>
/// <param name="IsCoinbase">Spendable only with 100 confirmations.</param>
/// <param name="Status">Of the transaction that made it.</param>
/// <param name="SpentBy">What spends it, in the mempool or the chain; null while unspent.</param>
public sealed record WalletOutput(
    OutPoint OutPoint, TxOut Output, Derivation Derivation, bool IsCoinbase, TransactionStatus Status, Txid? SpentBy)
{
    public bool IsSpent => SpentBy is not null;
}

/// <summary>Balances in satoshis; unspent outputs only.</summary>
/// <param name="Immature">Coinbase outputs with fewer than 100 confirmations.</param>
/// <param name="TrustedPending">Unconfirmed change.</param>
/// <param name="UntrustedPending">Unconfirmed payments of others.</param>
/// <param name="Confirmed">In a block.</param>
public sealed record WalletBalance(Satoshis Immature, Satoshis TrustedPending, Satoshis UntrustedPending, Satoshis Confirmed);

/// <summary>The wallet as one scan of the chain found it. Immutable.</summary>
/// <param name="Tip">The tip before the scan.</param>
/// <param name="Outputs">Every output ever, in order of keychain, index and name.</param>
/// <param name="NextExternal">The first external index behind all used ones.</param>
/// <param name="NextInternal">The first internal index behind all used ones.</param>
public sealed record WalletView(ChainTip Tip, IReadOnlyList<WalletOutput> Outputs, uint NextExternal, uint NextInternal)
{
    private const int CoinbaseMaturity = 100;

    public WalletBalance Balance
    {
        get
        {
            var unspent = Outputs.Where(output => !output.IsSpent).ToList();
            return new WalletBalance(
                Sum(unspent.Where(IsImmature)),
                Sum(unspent.Where(output => !IsConfirmed(output) && output.Derivation.Keychain == Keychain.Internal)),
                Sum(unspent.Where(output => !IsConfirmed(output) && output.Derivation.Keychain == Keychain.External)),
                Sum(unspent.Where(output => IsConfirmed(output) && !IsImmature(output))));
        }
    }

    /// <summary>Unspent, mature outputs with at least this many confirmations (0: unconfirmed ones too), reserved or not.</summary>
    public IEnumerable<WalletOutput> Spendable(int leastConfirmations) => Outputs.Where(output => !output.IsSpent && !IsImmature(output)
        && output.Status.ConfirmationsAt(Tip.Height) >= leastConfirmations);

    private static bool IsConfirmed(WalletOutput output) => output.Status is TransactionStatus.Confirmed;

    private bool IsImmature(WalletOutput output) => output.IsCoinbase && output.Status.ConfirmationsAt(Tip.Height) < CoinbaseMaturity;

    private static Satoshis Sum(IEnumerable<WalletOutput> outputs) => outputs.Aggregate(Satoshis.Zero, (sum, output) => sum + output.Output.Value);
}
