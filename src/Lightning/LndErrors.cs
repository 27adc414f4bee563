using Coordinator.Lightning.Rpc;

namespace Coordinator.Lightning;

/// <summary>What an ended call means. LND reports most refusals as code 2 (Unknown) with a text, authentication failures included, so the
/// code decides first and then a stable part of the text. A text this table does not know is no refusal: the caller must look.</summary>
internal static class LndErrors
{
    private static readonly (string Text, LightningRefusal Reason)[] Texts =
    [
        ("unable to locate invoice", LightningRefusal.NotFound),
        ("there are no existing invoices", LightningRefusal.NotFound),
        ("payment isn't initiated", LightningRefusal.NotFound),
        ("invoice with payment hash already exists", LightningRefusal.HashAlreadyUsed),
        ("invoice still open", LightningRefusal.InvoiceStillOpen),
        ("invoice already canceled", LightningRefusal.InvoiceAlreadyCanceled),
        ("invoice already settled", LightningRefusal.InvoiceAlreadySettled),
        ("invoice is already paid", LightningRefusal.AlreadyPaid),
        ("payment is in transition", LightningRefusal.PaymentInFlight),
        ("payment already exists", LightningRefusal.PaymentInFlight),
        ("invoice expired", LightningRefusal.InvoiceExpired),
        ("invoice not for current active network", LightningRefusal.WrongNetwork),
        ("checksum failed", LightningRefusal.InvalidPaymentRequest),
        ("payment request must contain either", LightningRefusal.InvalidPaymentRequest),
        ("invalid bech32", LightningRefusal.InvalidPaymentRequest),
        ("invalid index of 1", LightningRefusal.InvalidPaymentRequest),
        ("unknown multiplier", LightningRefusal.InvalidPaymentRequest),
        ("amount must be specified", LightningRefusal.InvalidAmount),
        ("amount must not be specified", LightningRefusal.InvalidAmount),
        ("amount cannot be negative", LightningRefusal.InvalidAmount),
        ("arguments are mutually exclusive", LightningRefusal.InvalidAmount),
        ("cltv limit", LightningRefusal.CltvLimit),
        ("CLTV delta of", LightningRefusal.CltvLimit),
        ("total time lock of", LightningRefusal.CltvLimit),
        ("self-payments not allowed", LightningRefusal.SelfPayment),
        ("invalid hash length", LightningRefusal.InvalidRequest),
        ("invalid preimage length", LightningRefusal.InvalidRequest),
        ("cannot use hash of all-zeroes preimage", LightningRefusal.InvalidRequest),
        ("greater than max expiry", LightningRefusal.InvalidRequest),
        ("memo too large", LightningRefusal.InvalidRequest),
        ("data length too big", LightningRefusal.InvalidRequest),
        ("description hash is", LightningRefusal.InvalidRequest),
        ("macaroon", LightningRefusal.Unauthorized),
        ("permission denied", LightningRefusal.Unauthorized),
        ("verification failed", LightningRefusal.Unauthorized),
        ("wallet locked", LightningRefusal.NodeNotReady),
        ("wallet not created", LightningRefusal.NodeNotReady),
        ("in the process of starting", LightningRefusal.NodeNotReady),
        ("waiting to start", LightningRefusal.NodeNotReady),
        ("unknown permissions required", LightningRefusal.NotSupported),
        ("unknown service", LightningRefusal.NotSupported),
    ];

    /// <summary>The answer for an exception of the channel.</summary>
    public static LightningAnswer<T> ToAnswer<T>(Exception e) => e switch
    {
        WrongCertificateException wrong => new LightningAnswer<T>.Refused(LightningRefusal.WrongCertificate, wrong.Message),
        GrpcException grpc when RefusalOf(grpc) is { } reason => new LightningAnswer<T>.Refused(reason, grpc.Detail),
        GrpcException grpc => new LightningAnswer<T>.Unclear(CauseOf(grpc), $"{grpc.Status}: {grpc.Detail}"),
        OperationCanceledException => new LightningAnswer<T>.Unclear(LightningUncertainty.Canceled, "the caller stopped waiting"),
        _ => throw new InvalidOperationException("not an exception of the channel", e),
    };

    /// <summary>The refusal behind an exception of the channel, or null when its outcome is unknown.</summary>
    public static LightningRefusal? RefusalOf(Exception e) => e switch
    {
        WrongCertificateException => LightningRefusal.WrongCertificate,
        GrpcException { FromServer: true } grpc => RefusalOf(grpc.Status, grpc.Detail),
        _ => null,
    };

    /// <summary>True for exceptions that <see cref="ToAnswer"/> takes.</summary>
    public static bool Handles(Exception e) => e is WrongCertificateException or GrpcException or OperationCanceledException;

    private static LightningRefusal? RefusalOf(GrpcStatus status, string detail) => status switch
    {
        GrpcStatus.Unimplemented => LightningRefusal.NotSupported,
        GrpcStatus.Unauthenticated or GrpcStatus.PermissionDenied => LightningRefusal.Unauthorized,
        GrpcStatus.NotFound => LightningRefusal.NotFound,
        GrpcStatus.AlreadyExists => ByText(detail) ?? LightningRefusal.PaymentInFlight,
        GrpcStatus.InvalidArgument => ByText(detail) ?? LightningRefusal.InvalidRequest,
        GrpcStatus.Unknown => ByText(detail),
        _ => null,
    };

    private static LightningRefusal? ByText(string detail)
    {
        foreach (var (text, reason) in Texts)
        {
            if (detail.Contains(text, StringComparison.Ordinal))
            {
                return reason;
            }
        }

        return null;
    }

    private static LightningUncertainty CauseOf(GrpcException e) => e.Status switch
    {
        GrpcStatus.DeadlineExceeded => LightningUncertainty.DeadlineExceeded,
        GrpcStatus.Unavailable => LightningUncertainty.ConnectionLost,
        GrpcStatus.Canceled => LightningUncertainty.ConnectionLost,
        _ => LightningUncertainty.UnknownError,
    };
}
