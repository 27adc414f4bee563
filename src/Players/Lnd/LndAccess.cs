using Coordinator.Players.Wire;

namespace Coordinator.Players.Lnd;

/// <summary>How players reach the node that pays for them: LND over gRPC.</summary>
/// <param name="Address">https address of its gRPC listener.</param>
/// <param name="Certificate">File with the only certificate that is accepted, PEM.</param>
/// <param name="Macaroon">File with the macaroon; needs <c>uri:</c> entries for GetInfo, ChannelBalance, AddHoldInvoice, LookupInvoiceV2, SettleInvoice,
/// SendPaymentV2 and TrackPaymentV2. Never printed.</param>
public sealed record LndAccess(Uri Address, string Certificate, string Macaroon);

/// <summary>The payer's node as it shows itself.</summary>
/// <param name="PublicKey">66 hex digits.</param>
/// <param name="Network">LND's word for it: mainnet, testnet, signet or regtest.</param>
/// <param name="IsSynced">With its chain.</param>
/// <param name="LocalMsat">What it can send.</param>
/// <param name="HeldMsat">What it has on the way, not yet settled.</param>
public sealed record PayerNode(string PublicKey, string Network, bool IsSynced, long LocalMsat, long HeldMsat)
{
    /// <summary>Asks the node once.</summary>
    /// <exception cref="PlayerException">It refuses, is not reached, or shows another certificate.</exception>
    public static async Task<PayerNode> LookAsync(LndAccess access, TimeProvider clock, CancellationToken cancellation)
    {
        using var calls = new LndCalls(access, clock);
        try
        {
            var info = await calls.InfoAsync(cancellation);
            var (local, held) = await calls.BalanceAsync(cancellation);
            return new PayerNode(info.PublicKey, info.Network, info.IsSynced, local, held);
        }
        catch (LndException failure)
        {
            throw new PlayerException($"the payer's node: {failure.Message}");
        }
    }
}

/// <summary>A call that LND refused, or whose end is not known.</summary>
/// <param name="code">gRPC status; 14 where the node was not reached or did not answer in time.</param>
/// <param name="text">LND's words; never a macaroon or a preimage.</param>
internal sealed class LndException(int code, string text) : Exception(text)
{
    public const int NotFoundCode = 5;
    public const int AlreadyExistsCode = 6;
    public const int UnavailableCode = 14;

    public int Code => code;

    /// <summary>Nothing is known: it may have been done all the same. Asking again later helps.</summary>
    public bool IsUnclear => code is UnavailableCode or 4 or 8 || Message.Contains("starting up", StringComparison.Ordinal)
        || Message.Contains("wallet locked", StringComparison.Ordinal);
}
