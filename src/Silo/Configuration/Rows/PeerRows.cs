namespace Coordinator.Silo;

/// <summary>Rows of the Lightning node, the oracle and the Keymeld gateway.</summary>
internal static class PeerRows
{
    public static IReadOnlyList<ConfigurationKey> Lightning { get; } =
    [
        new("Lightning:Address", KeyKind.Address, "https", "LND's gRPC. Down: no ticket is sold, settled or paid out until it is back; nothing is lost meanwhile.") { Default = "must be set" },
        new("Lightning:TlsCertificatePath", KeyKind.Path, "a PEM file",
            "LND's certificate: exactly this one is accepted. Read at each new connection, so a renewed one needs no restart.") { Default = "none: the system's trust store decides" },
        new("Lightning:MacaroonPath", KeyKind.SecretFile, "a binary macaroon that may add, look up, settle and cancel invoices, pay, and list payments",
            "Without one of these rights the step that needs it fails, until the file is replaced: it is read anew after a refusal. Give it no more.") { Default = "must be set" },
        ConfigurationKey.Time(
            "Lightning:InvoicePoll", "00:00:00.0500000", "01:00:00", "Between two looks at an invoice whose stream said nothing. Longer sees a payment later, should the stream be silent."),
        ConfigurationKey.Count(
            "Lightning:PayoutFeePpm", "parts per million", 0, 100_000,
            "Most routing fee of a payout, paid by the coordinator; never below 10 sat. Too little, and payouts find no route: winners are owed, or take their share on chain."),
    ];

    public static IReadOnlyList<ConfigurationKey> Oracle { get; } =
    [
        new("Oracle:Address", KeyKind.Address, "http or https, as the oracle calls itself",
            "Requests are signed for this address: with another name of the same server they are refused. Down: no competition is created, none attested; those end by their expiry.")
        { Default = "must be set" },
        new("Oracle:PublicKey", KeyKind.Text, "a compressed key, 66 hex digits; must be set off regtest",
            "The oracle's key, known out of band. Not set, any key that the server names is believed. Wrong, every announcement is refused.") { Default = "none" },
        ConfigurationKey.Time("Oracle:Poll", "00:00:00.0500000", "01:00:00", "Between two looks while an attestation is awaited. Longer pays winners later."),
    ];

    public static IReadOnlyList<ConfigurationKey> Keymeld { get; } =
    [
        new("Keymeld:Address", KeyKind.Address, "http or https, without `/api/v1`; needed where `Competitions:Signing` is keymeld",
            "The gateway to the enclaves. Down: contracts are not signed, and competitions are cancelled at their signing deadline.") { Default = "none" },
        new("Keymeld:PublicAddress", KeyKind.Address, "http or https", "The gateway as players are told. Wrong, and players cannot check what signs for them.") { Default = "`Keymeld:Address`" },
        ConfigurationKey.Time("Keymeld:Timeout", "00:00:00.1000000", "00:02:00", "Of one request. Too short makes a busy gateway look as if it were down."),
        ConfigurationKey.Choice(
            "Keymeld:ShareSessionSecret", ["when_safe", "never", "always"],
            "Whether players get the session secret: once the gateway passed the probe, never, or (not on mainnet) always. With an unsafe gateway whoever has the secret can have anything signed."),
        ConfigurationKey.Time(
            "Keymeld:ProbeTime", "00:00:00.1000000", "00:00:04", "How long the probe watches a signing session that nobody approved. Too short calls a slow gateway safe that is not."),
        new("Keymeld:Enclaves:N", KeyKind.Map, "N is an enclave's number, its value a compressed key, 66 hex digits; must be set off regtest",
            "The enclaves' keys, known out of band: players' keys are encrypted to no other. Missing on regtest, the gateway's word is taken. Wrong, and no entry is taken.") { Default = "none" },
    ];
}
