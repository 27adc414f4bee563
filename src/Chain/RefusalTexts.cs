namespace Coordinator.Chain;

/// <summary>Bitcoin Core's reject texts, as esplora passes them on (<c>sendrawtransaction RPC error: {"code":-26,"message":"…"}</c>).</summary>
internal static class RefusalTexts
{
    private static readonly string[] AlreadyKnown =
    [
        "txn-already-in-mempool", "txn-already-known", "txn-same-nonwitness-data-in-mempool", "already in block chain", "already in utxo set",
    ];

    // Order matters: more particular texts first.
    private static readonly (string Text, BroadcastRefusal Reason)[] Known =
    [
        ("missingorspent", BroadcastRefusal.MissingInputs),
        ("missing inputs", BroadcastRefusal.MissingInputs),
        ("missing-inputs", BroadcastRefusal.MissingInputs),
        ("txn-mempool-conflict", BroadcastRefusal.Conflict),
        ("rejecting replacement", BroadcastRefusal.Conflict),
        ("insufficient fee", BroadcastRefusal.Conflict),
        ("too many potential replacements", BroadcastRefusal.Conflict),
        ("replacement-adds-unconfirmed", BroadcastRefusal.Conflict),
        ("non-bip68-final", BroadcastRefusal.NonFinal),
        ("non-final", BroadcastRefusal.NonFinal),
        ("min relay fee not met", BroadcastRefusal.FeeTooLow),
        ("mempool min fee not met", BroadcastRefusal.FeeTooLow),
        ("package-fee-too-low", BroadcastRefusal.FeeTooLow),
        ("bad-txns-in-belowout", BroadcastRefusal.OutputsExceedInputs),
        ("dust", BroadcastRefusal.Dust),
        ("script-verify-flag", BroadcastRefusal.InvalidScript),
    ];

    public static bool SaysAlreadyKnown(string text) => AlreadyKnown.Any(known => text.Contains(known, StringComparison.OrdinalIgnoreCase));

    /// <summary>The reason, or null where the text is not a verdict about the transaction: then its fate is unknown.</summary>
    public static BroadcastRefusal? ReasonOf(string text)
    {
        foreach (var (known, reason) in Known)
        {
            if (text.Contains(known, StringComparison.OrdinalIgnoreCase))
            {
                return reason;
            }
        }

        var verdict = text.Contains("\"code\":-2", StringComparison.Ordinal) || text.Contains("\"code\": -2", StringComparison.Ordinal)
            || text.Contains("bad-txns", StringComparison.OrdinalIgnoreCase) || text.Contains("scriptpubkey", StringComparison.OrdinalIgnoreCase);
        return verdict ? BroadcastRefusal.Other : null;
    }
}
