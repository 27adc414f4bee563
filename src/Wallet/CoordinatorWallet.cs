using Coordinator.Bitcoin;
using Coordinator.Chain;

namespace Coordinator.Wallet;

/// <summary>The coordinator's taproot wallet. It keeps nothing itself: coins are on the chain, promises in <see cref="ICoinReservations"/>.</summary>
/// <remarks>Safe for any number of callers. Preparing reserves durably before it answers, finalising marks the broadcast before it answers.
/// Nothing frees a reservation here (D42): whoever reserved knows when its transaction, or a conflict, is six deep, or that it never was to
/// be broadcast.</remarks>
public sealed class CoordinatorWallet
{
    private const int MostAttempts = 5;
    private readonly Network _network;
    private readonly IChain _chain;
    private readonly ICoinReservations _reservations;
    private readonly WalletAddresses _addresses;
    private readonly WalletScanner _scanner;
    private readonly WalletPsbts _psbts;

    /// <summary>Asks nothing yet.</summary>
    /// <param name="keys">Stays the caller's.</param>
    /// <param name="network">Decides addresses.</param>
    /// <param name="chain">Where the coins are.</param>
    /// <param name="reservations">Durable.</param>
    /// <param name="options">Validated.</param>
    public CoordinatorWallet(CoordinatorKeys keys, Network network, IChain chain, ICoinReservations reservations, WalletOptions options)
    {
        _network = network;
        _chain = chain;
        _reservations = reservations;
        _addresses = new WalletAddresses(keys);
        _scanner = new WalletScanner(chain, _addresses, options);
        _psbts = new WalletPsbts(_addresses);
    }

    /// <summary>How far the look through the chain is that goes on, or the last one; null before the first. Kept in memory only.</summary>
    public ScanProgress? Progress => _scanner.Progress;

    /// <summary>Looks for every output of the wallet as of now. The first time costs a request for each address ever used and for the gaps; later
    /// ones only for those that may have changed. A first look that failed goes on where it stopped.</summary>
    public Task<ChainAnswer<WalletView>> ScanAsync(CancellationToken cancellation) => _scanner.ScanAsync(ScanReach.Now, cancellation);

    /// <summary>A part of a look at every address of the wallet, whatever is known of it; repeat it until it is complete.</summary>
    /// <param name="anew">Begins again; false goes on with an unfinished one.</param>
    /// <param name="most">Scripts to ask for in this part, 1 to 10,000.</param>
    /// <param name="cancellation">Ends the part; the next one goes on where it ended.</param>
    public Task<ChainAnswer<ScanProgress>> SyncAsync(bool anew, int most, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(most, 10_000);
        return _scanner.StepAsync(anew, most, cancellation);
    }

    /// <summary>The address of an index; the same for ever.</summary>
    public Address AddressAt(Derivation derivation) => Address.From(_addresses.Output(derivation).ScriptPubKey, _network)!;

    /// <summary>The first external address that nobody has paid to. The same until somebody does.</summary>
    public async Task<ChainAnswer<Address>> NextAddressAsync(CancellationToken cancellation)
    {
        var scanned = await ScanAsync(cancellation);
        return scanned.Map(view => AddressAt(new Derivation(Keychain.External, view.NextExternal)));
    }

    /// <summary>Chooses coins, reserves them for the owner and builds the transaction. Nothing is signed or sent.</summary>
    /// <remarks>Preparing again for the same owner may choose other coins, and the first ones stay reserved: keep the PSBT of the first time,
    /// or release the owner first where nothing was broadcast.</remarks>
    public Task<WalletAnswer<PreparedPayment>> PrepareAsync(SpendOrder order, CancellationToken cancellation)
        => ReservingAsync(
            order.Owner, order.LeastConfirmations, (view, taken) => PaymentBuilder.Spend(order, view, taken, _addresses), cancellation);

    /// <summary>What <see cref="PrepareAsync"/> would make now; nothing is reserved, so another call may take its coins.</summary>
    public Task<WalletAnswer<PreparedPayment>> PreviewAsync(SpendOrder order, CancellationToken cancellation)
        => ReservingAsync(order.Owner, order.LeastConfirmations, (view, taken) => PaymentBuilder.Spend(order, view, taken, _addresses) with { Coins = [] }, cancellation);

    /// <summary>As <see cref="PrepareAsync"/>, for a child that pays for its parent (<c>dlctix02.md</c> §5).</summary>
    public Task<WalletAnswer<PreparedPayment>> PrepareChildAsync(ChildOrder order, CancellationToken cancellation)
        => ReservingAsync(order.Owner, 1, (view, taken) => ChildBuilder.Build(order, view, taken, _addresses), cancellation);

    /// <summary>Reserves free coins worth at least this for later children of the owner; what the owner has already counts.</summary>
    /// <returns>What the owner has now.</returns>
    public async Task<WalletAnswer<Satoshis>> ReserveAsync(string owner, Satoshis worth, int leastConfirmations, CancellationToken cancellation)
    {
        return await ReservingAsync(owner, leastConfirmations, Hold, cancellation);

        Choice<Satoshis> Hold(WalletView view, TakenCoins taken)
        {
            var spendable = view.Spendable(leastConfirmations).Where(coin => taken.MayUse(coin.OutPoint)).ToList();
            var chosen = CoinSelection.ToHold(spendable, coin => taken.IsOwn(coin.OutPoint), worth);
            var total = chosen.Aggregate(Satoshis.Zero, (sum, coin) => sum + coin.Output.Value);
            return total >= worth
                ? new Choice<Satoshis>([.. chosen.Select(coin => new ReservedCoin(coin.OutPoint, coin.Output.Value))], total)
                : Choice<Satoshis>.No(WalletRefusal.InsufficientFunds, $"{worth} are needed and {total} are free with {leastConfirmations} confirmations");
        }
    }

    /// <summary>The payment as a PSBT (BIP-174 version 0) that <see cref="FinalizeAsync"/> of any later process can sign.</summary>
    public Psbt ToPsbt(PreparedPayment payment) => _psbts.Write(payment);

    /// <summary>Marks the owner's coins as broadcast, then signs, finalises and checks. Inputs that are final already are somebody else's and stay as
    /// they are. From here on only six confirmations free them (D42).</summary>
    /// <param name="owner">Must hold every coin of the wallet that the PSBT spends.</param>
    /// <param name="psbt">As <see cref="ToPsbt"/> made it; changed by this call.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>Ready to broadcast. Repeating gives another valid form with the same txid.</returns>
    public async Task<WalletAnswer<Transaction>> FinalizeAsync(string owner, Psbt psbt, CancellationToken cancellation)
    {
        var taken = new TakenCoins(owner, await _reservations.ListAsync(cancellation));
        for (var i = 0; i < psbt.Inputs.Length; i++)
        {
            var coin = psbt.UnsignedTransaction.Inputs[i].PreviousOutput;
            if (!taken.IsOwn(coin) && !psbt.Inputs[i].IsFinal && psbt.Inputs[i].WitnessUtxo?.ScriptPubKey.Equals(Script.PayToAnchor) != true)
            {
                return new WalletAnswer<Transaction>.Refused(WalletRefusal.ForeignPsbt, $"{coin} is not reserved for '{owner}'");
            }
        }

        var (signed, refusal) = _psbts.Finalize(psbt);
        if (signed is null)
        {
            return new WalletAnswer<Transaction>.Refused(WalletRefusal.ForeignPsbt, refusal);
        }

        await _reservations.MarkBroadcastAsync(owner, signed.Txid, cancellation);
        _scanner.NoteChange();
        return new WalletAnswer<Transaction>.Done(signed);
    }

    /// <summary>Prepares, signs and broadcasts. For an operator's own sends; a competition stores the PSBT before it finalises.</summary>
    /// <returns>Done also where the broadcast was refused or is unclear: the coins stay reserved, and the transaction is in the answer.</returns>
    public async Task<WalletAnswer<SentPayment>> SendAsync(SpendOrder order, CancellationToken cancellation)
    {
        var prepared = await PrepareAsync(order, cancellation);
        if (!prepared.TryGet(out var payment))
        {
            return prepared.Failed<SentPayment>();
        }

        var finalized = await FinalizeAsync(order.Owner, ToPsbt(payment), cancellation);
        if (!finalized.TryGet(out var signed))
        {
            return finalized.Failed<SentPayment>();
        }

        var broadcast = await _chain.BroadcastAsync(signed, cancellation);
        return new WalletAnswer<SentPayment>.Done(new SentPayment(signed, payment.Fee, broadcast));
    }

    /// <summary>Confirmed coins are chosen from what is known as of the newest block. The chain is asked again where that is too little, or where a chosen
    /// coin is spent by now.</summary>
    private async Task<WalletAnswer<T>> ReservingAsync<T>(
        string owner, int leastConfirmations, Func<WalletView, TakenCoins, Choice<T>> choose, CancellationToken cancellation)
    {
        var known = leastConfirmations > 0 ? await ReservingAsync(owner, ScanReach.Block, choose, cancellation) : null;
        return known is null or WalletAnswer<T>.Refused { Reason: WalletRefusal.InsufficientFunds or WalletRefusal.NotSpendable }
            ? (await ReservingAsync(owner, ScanReach.Now, choose, cancellation))!
            : known;
    }

    /// <summary>Null only as of the newest block: a chosen coin is spent.</summary>
    private async Task<WalletAnswer<T>?> ReservingAsync<T>(
        string owner, ScanReach reach, Func<WalletView, TakenCoins, Choice<T>> choose, CancellationToken cancellation)
    {
        var scanned = await _scanner.ScanAsync(reach, cancellation);
        if (scanned is ChainAnswer<WalletView>.Unavailable fault)
        {
            return new WalletAnswer<T>.Unavailable(fault.Cause, fault.Detail);
        }

        _ = scanned.TryGet(out var view);
        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            var taken = new TakenCoins(owner, await _reservations.ListAsync(cancellation));
            var choice = choose(view!, taken);
            if (choice.Refusal is { } reason)
            {
                return new WalletAnswer<T>.Refused(reason, choice.Detail);
            }

            if (reach == ScanReach.Block && !await AreThereAsync(view!, choice.Coins, cancellation))
            {
                return null;
            }

            var reserved = choice.Coins.Count == 0
                ? new ReservationAnswer.Reserved()
                : await _reservations.ReserveAsync(owner, choice.Coins, cancellation);
            if (reserved is ReservationAnswer.Reserved)
            {
                return new WalletAnswer<T>.Done(choice.Value!);
            }
        }

        return new WalletAnswer<T>.Refused(WalletRefusal.CoinsContended, $"{MostAttempts} choices of coins were taken by others");
    }

    /// <summary>False where a coin that was unspent in the view is spent now, in the mempool or the chain.</summary>
    private async Task<bool> AreThereAsync(WalletView view, IReadOnlyList<ReservedCoin> coins, CancellationToken cancellation)
    {
        foreach (var coin in coins.Where(coin => view.Outputs.Any(output => output.OutPoint == coin.OutPoint && !output.IsSpent)))
        {
            if ((await _chain.GetSpendingAsync(coin.OutPoint, cancellation)).TryGet(out var spending) && spending is OutputSpending.Spent)
            {
                return false;
            }
        }

        return true;
    }
}

/// <summary>A payment that was handed to the chain source.</summary>
/// <param name="Transaction">Signed.</param>
/// <param name="Fee">Of it.</param>
/// <param name="Broadcast">What became of it; unless out, broadcast the same transaction again.</param>
public sealed record SentPayment(Transaction Transaction, Satoshis Fee, BroadcastAnswer Broadcast);
