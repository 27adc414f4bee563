using System.Collections.Immutable;
using Coordinator.Bitcoin;
using Coordinator.Chain;
using Coordinator.Wallet;

namespace Coordinator.Grains;

/// <summary>The operator's own payments: the intent is stored before a signature exists, a broadcast without a clear answer is looked up, and what no node
/// has is sent again at every block until it is decided.</summary>
public sealed partial class WalletGrain
{
    /// <summary>So many of the decided sends are remembered, so that repeating one of them pays nobody twice.</summary>
    private const int MostSends = 1_000;

    /// <summary>What a child may weigh for which no most fee is named.</summary>
    private const int MostChildWeight = 8_000;

    /// <summary>Satoshis per 1 000 weight units: 10,000 sat/vB.</summary>
    private const long MostRate = 2_500_000;

    public async Task<Answer<string>> SendAsync(SendRequest request)
    {
        var owner = SendOwner(request.RequestId);
        var known = stored.State.Sends.FirstOrDefault(send => send.RequestId == request.RequestId);
        if (known is not null && !known.IsOf(request))
        {
            return new Problem(ProblemKind.Conflict, "request_id_used", $"the request id '{request.RequestId}' stands for another payment, {known.Txid}");
        }

        if (known?.ReplacedBy is { } other)
        {
            return new Problem(
                ProblemKind.Conflict, "send_replaced", $"{known.Txid} can never confirm: {other} has spent its coins; send under another request id");
        }

        if (Find(owner) is not { } payment)
        {
            if (known is not null)
            {
                return known.Txid.ToString();
            }

            var (made, problem) = await MakeAsync(owner, request);
            if (made is null)
            {
                return problem!;
            }

            payment = made;
        }

        return await CarryOutAsync(payment);
    }

    public async Task<Answer<BumpedSendView>> BumpSendAsync(BumpSendRequest request)
    {
        var send = stored.State.Sends.LastOrDefault(send => send.RequestId == request.Payment || send.Txid.ToString() == request.Payment);
        if (send is null || Find(SendOwner(send.RequestId)) is not { } payment)
        {
            return Problems.NotFound("payment_not_found", $"no payment that is not decided yet has the request id or txid '{request.Payment}'");
        }

        var signed = await SignAsync(payment);
        return signed.TryGet(out var hex, out var unsigned)
            ? await HelpAsync(request, BumpOwner(send.RequestId), payment.Fee, Transaction.Parse(hex))
            : unsigned;
    }

    private async Task<Answer<BumpedSendView>> HelpAsync(BumpSendRequest request, string owner, long fee, Transaction parent)
    {
        var status = await chain.GetStatusAsync(parent.Txid, CancellationToken.None);
        var (rate, problem) = await RateAsync(request.RateSatPerKwu, request.MaxFee);
        if (problem is not null || !status.TryGet(out var where))
        {
            return problem ?? Unavailable;
        }

        if (where is TransactionStatus.Confirmed confirmed)
        {
            return new Problem(ProblemKind.Conflict, "wallet_notspendable", $"{parent.Txid} is confirmed at height {confirmed.Height}: it needs no child");
        }

        var most = request.MaxFee ?? rate.FeeCeiling(parent.Weight + Weight.Of(MostChildWeight)).Value;
        var bumped = await BumpAsync(new BumpRequest(owner, parent.ToHex(), fee, parent.Outputs.Length - 1, rate.SatPerKwu, most, 0, 0));
        if (!bumped.TryGet(out var child, out var refused))
        {
            return refused;
        }

        await EndBumpsAsync(owner);
        var help = Transaction.Parse(child.Transaction);
        var sent = where is TransactionStatus.Unknown && await IsTakingPackagesAsync()
            ? await chain.BroadcastPackageAsync([parent, help], CancellationToken.None)
            : await chain.BroadcastAsync(help, CancellationToken.None);
        return await IsOutAsync(help.Txid, sent)
            ? new BumpedSendView(help.Txid.ToString(), child.Fee, child.Limit)
            : NotSent(help.Txid, sent);
    }

    private static string SendOwner(string requestId) => $"send/{requestId}";

    private static string BumpOwner(string requestId) => $"send-bump/{requestId}";

    private static bool IsSend(StoredPayment payment) => payment.Owner.StartsWith("send/", StringComparison.Ordinal);

    /// <summary>Chooses coins and stores the intent; nothing is signed.</summary>
    private async Task<(StoredPayment? Payment, Problem? Problem)> MakeAsync(string owner, SendRequest request)
    {
        if (intake.IsRestoring)
        {
            // What the lost books had promised may not be in them any more (D43).
            return (null, new Problem(ProblemKind.Conflict, "restore_pending", "the checks after a restore are not done: the wallet may hold coins that are promised"));
        }

        var (order, problem) = await OrderAsync(owner, request);
        if (order is null)
        {
            return (null, problem);
        }

        await SettleAsync();

        // An earlier attempt may have reserved coins and died before its payment was stored: nothing of it was ever out.
        await reservations.ReleaseAsync(owner, CancellationToken.None);
        var prepared = await wallet.PrepareAsync(order, CancellationToken.None);
        if (!prepared.TryGet(out var fresh))
        {
            return (null, Refused(prepared.Refusal, prepared.Describe()));
        }

        var payment = Store(owner, fresh);
        await WriteAsync(stored.State with
        {
            Payments = stored.State.Payments.Add(payment),
            Sends = Remembered().Add(StoredSend.Of(request, fresh.Txid)),
        });
        return (payment, null);
    }

    /// <summary>Without the oldest of those that are decided, where there are too many.</summary>
    private ImmutableArray<StoredSend> Remembered()
    {
        var sends = stored.State.Sends;
        var oldest = sends.Where(send => Find(SendOwner(send.RequestId)) is null).Take(Math.Max(0, sends.Length + 1 - MostSends)).ToHashSet();
        return oldest.Count == 0 ? sends : sends.RemoveAll(oldest.Contains);
    }

    /// <summary>Looks, broadcasts where nobody has it, and looks again where the answer is not clear.</summary>
    private async Task<Answer<string>> CarryOutAsync(StoredPayment payment)
    {
        var txid = payment.Unsigned().Txid;
        if (payment.BroadcastTxid is not null && await IsKnownAsync(txid))
        {
            return txid.ToString();
        }

        var signed = await SignAsync(payment);
        if (!signed.TryGet(out var hex, out var unsigned))
        {
            return unsigned;
        }

        var sent = await chain.BroadcastAsync(Transaction.Parse(hex), CancellationToken.None);
        return await IsOutAsync(txid, sent) ? txid.ToString() : NotSent(txid, sent);
    }

    private async Task<bool> IsOutAsync(Txid txid, BroadcastAnswer sent) => sent.IsOut || (sent is BroadcastAnswer.Unclear && await IsKnownAsync(txid));

    private async Task<bool> IsKnownAsync(Txid txid)
        => (await chain.GetStatusAsync(txid, CancellationToken.None)).TryGet(out var status) && status is not TransactionStatus.Unknown;

    private async Task<bool> IsTakingPackagesAsync() => (await chain.OffersPackagesAsync(CancellationToken.None)).TryGet(out var takes) && takes;

    private static Problem NotSent(Txid txid, BroadcastAnswer sent) => Problems.Unavailable(
        "not_sent", $"{txid}: {sent.Describe()}; its coins stay reserved, it is sent again at every block, and the same request looks for it again");

    /// <summary>A send whose process died, or that the mempools forgot, goes on.</summary>
    private async Task GoOnAsync(StoredPayment payment)
    {
        if (IsSend(payment))
        {
            _ = await CarryOutAsync(payment);
        }
    }

    /// <summary>What has become of a send for good.</summary>
    private ImmutableArray<StoredSend> Decided(StoredPayment payment, Txid by) => [.. stored.State.Sends.Select(
        send => by != send.Txid && payment.Owner == SendOwner(send.RequestId) ? send with { ReplacedBy = by } : send)];

    private async Task<(SpendOrder? Order, Problem? Problem)> OrderAsync(string owner, SendRequest request)
    {
        var (to, wrongTo) = Read("address_to", request.AddressTo);
        var (from, wrongFrom) = request.AddressFrom is { } text ? Read("address_from", text) : (null, null);
        if ((wrongTo ?? wrongFrom) is { } wrong)
        {
            return (null, wrong);
        }

        if (request.Amount is <= 0 or > Satoshis.MaxValue || request.MaxFee is < 0 or > Satoshis.MaxValue)
        {
            return (null, Problems.Invalid("amount", "amount and max_fee are satoshis, above zero"));
        }

        var (rate, problem) = await RateAsync(null, request.MaxFee);
        return problem is not null ? (null, problem) : (new SpendOrder
        {
            Owner = owner,
            Outputs = request.Amount is { } amount ? [new TxOut(Satoshis.Of(amount), to!.ScriptPubKey)] : [],
            DrainTo = request.Amount is null ? to!.ScriptPubKey : null,
            FeeRate = rate,
            MostFee = request.MaxFee is { } most ? Satoshis.Of(most) : null,
            OnlyFrom = from?.ScriptPubKey,
        }, null);
    }

    private (Address? Address, Problem? Problem) Read(string member, string text)
    {
        if (Address.TryParse(text, settings.Network, out var address, out var why))
        {
            return (address, null);
        }

        var others = Enum.GetValues<Network>().Where(network => network != settings.Network && Address.TryParse(text, network, out _, out _)).ToList();
        return (null, others.Count == 0
            ? Problems.Invalid("address", $"{member}: {why}")
            : Problems.Invalid("wrong_network", $"{member} is an address of {string.Join(" and ", others.Select(network => network.Name()))}; this service is on {settings.Network.Name()}"));
    }

    /// <summary>What was asked for, else the one-block estimate: above the highest rate of the configuration only where a most fee is named.</summary>
    private async Task<(FeeRate Rate, Problem? Problem)> RateAsync(long? asked, long? mostFee)
    {
        if (asked is <= 0 or > MostRate)
        {
            return (FeeRate.Zero, Problems.Invalid("amount", $"the fee rate is to be above 0 and at most {MostRate / 250} sat/vB"));
        }

        if (asked is { } given)
        {
            return (FeeRate.FromSatPerKwu(given), null);
        }

        if (!(await chain.GetFeeEstimatesAsync(CancellationToken.None)).TryGet(out var estimates))
        {
            return (FeeRate.Zero, Unavailable);
        }

        var rate = estimates.For(1);
        return rate > settings.MaxFeeRate && mostFee is null
            ? (rate, new Problem(
                ProblemKind.Conflict, "wallet_feeabovelimit", $"the fee rate is {rate}, above the highest of the configuration, {settings.MaxFeeRate}; name max_fee to pay it"))
            : (rate, null);
    }
}
