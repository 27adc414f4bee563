namespace Coordinator.Silo;

/// <summary>Rows of the three listeners and of what they take.</summary>
internal static class GatewayRows
{
    private const int Mebibyte = 1_048_576;
    private const string Second = "00:00:01";
    private const string Hour = "01:00:00";

    public static IReadOnlyList<ConfigurationKey> Listeners { get; } =
    [
        new("Gateway:PublicAddress", KeyKind.Text, "an IP address; 0.0.0.0 and :: are all of them", "The players' listener. Off loopback `Gateway:Origins` must be named. It speaks HTTP: put TLS in front of it."),
        ConfigurationKey.Count("Gateway:PublicPort", "port", 0, 65_535, "0 takes a free one, another at each start; the ready line says which. No two listeners share a port."),
        new("Gateway:OperatorAddress", KeyKind.Text, "an IP address",
            "The operators' listener. Off loopback it needs a certificate of its own, or `Gateway:OperatorMayBeInClear`: its token opens holds and the wallet."),
        ConfigurationKey.Count("Gateway:OperatorPort", "port", 0, 65_535, "Of the operators' listener, as `Gateway:PublicPort`."),
        new("Gateway:MetricsAddress", KeyKind.Text, "an IP address", "The scrapers' listener. It asks for no token; whoever reaches it reads counts and sums, no names."),
        ConfigurationKey.Count("Gateway:MetricsPort", "port", 0, 65_535, "Of the scrapers' listener, as `Gateway:PublicPort`."),
        new("Gateway:Origins", KeyKind.List, "each http or https, a host, perhaps a port, nothing else",
            "Where players reach the public listener. Signed requests must name one of them: with a wrong one every signed request is refused (401). The client's Host header is never believed.")
        { Default = "none: the listener's own address and localhost" },
        new("Gateway:CorsOrigins", KeyKind.List, "each as above, without a slash at its end",
            "Further origins whose pages may read answers in a browser. They are not what requests are signed for.") { Default = "none" },
        new("Gateway:TrustedProxies", KeyKind.List, "each an IP address, or a network as 10.0.0.0/8",
            "Proxies in front whose X-Forwarded-For says whom limits count against. Missing, all players behind the proxy share one allowance; too wide, anybody names an address of their choice.")
        { Default = "none" },
        new("Gateway:OperatorTokenFile", KeyKind.SecretFile, "a file that holds 32 to 512 printable characters without blanks",
            "The operators' token: whoever has it sends coins and releases holds. Read once, at the start.") { Default = "must be set" },
        new("Gateway:OperatorCertificateFile", KeyKind.Path, "a PEM file; with `Gateway:OperatorKeyFile`", "TLS of the operators' listener. Read once, at the start: a renewed one needs a restart.")
        { Default = "none: no TLS" },
        new("Gateway:OperatorKeyFile", KeyKind.SecretFile, "a PEM file; with `Gateway:OperatorCertificateFile`", "The key of that certificate.") { Default = "none" },
        ConfigurationKey.Switch(
            "Gateway:OperatorMayBeInClear", "true lets the operators' listener leave loopback without TLS: only behind something that adds it. Otherwise the token travels in clear."),
    ];

    public static IReadOnlyList<ConfigurationKey> Dashboard { get; } =
    [
        ConfigurationKey.Time("Gateway:Dashboard:SessionIdle", "00:01:00", "1.00:00:00",
            "A sign-in to the operator's pages that nobody uses ends after this long; pages that refresh themselves do not count. Longer leaves a screen that somebody left open for others."),
        ConfigurationKey.Time("Gateway:Dashboard:SessionLife", "00:01:00", "7.00:00:00",
            "A sign-in ends after this long in any case, and with the process. Longer gives a stolen cookie more time."),
        new("Gateway:Dashboard:ExplorerUrl", KeyKind.Text, "an http or https address without query; empty for none",
            "A block explorer: transactions of the operator's pages link to it with `/tx/TXID` appended. Whoever runs it sees which transactions an operator opens.")
        { Default = "a public one by network; none on regtest" },
    ];

    public static IReadOnlyList<ConfigurationKey> Limits { get; } =
    [
        Limit("AddressPerSecond", "requests a second", 0, 1_000_000, "Of one address to the players' listener, on average; beyond it 429. 0 switches a rate off, here and below: then one client can take it all."),
        Limit("AddressBurst", "requests", 0, 10_000_000, "What one address may send at once after a pause."),
        Limit("UserPerSecond", "requests a second", 0, 1_000_000, "Signed requests of one key, on average, from wherever they come."),
        Limit("UserBurst", "requests", 0, 10_000_000, "What one key may send at once after a pause."),
        Limit("AuthenticationPerSecond", "requests a second", 0, 1_000_000, "Of one address to `/api/v1/users`, and wrong operator tokens. Higher lets passwords and tokens be guessed faster."),
        Limit("AuthenticationBurst", "requests", 0, 10_000_000, "What one address may send there at once after a pause."),
        Limit("Remembered", "addresses, and as many keys", 100, 10_000_000, "Whose use is remembered at once. Those beyond share one allowance: too few, and strangers slow each other down."),
        Limit("Connections", "connections", 16, 1_000_000, "Open at each listener; further ones are closed at once. Each needs a file descriptor."),
        Limit("ConnectionsPerAddress", "connections", 1, 1_000_000, "Of one address at the players' listener; trusted proxies are exempt. Too few, and players behind one address shut each other out."),
        Limit("Requests", "requests", 1, 1_000_000, "Answered at once at the players' listener; beyond it 503."),
        Limit("BodyBytes", "bytes", 4_096, 64 * Mebibyte, "Of a body, as sent and unpacked, on all routes but two; beyond it 413."),
        Limit("LargeBodyBytes", "bytes", Mebibyte / 4, 256 * Mebibyte, "Of a body of nonces or signatures; never below `BodyBytes`. Too small, and a contract of many players cannot be signed (413)."),
        Limit("LargeBodies", "bodies", 1, 1_024, "Large bodies in memory at once, so `LargeBodies` × `LargeBodyBytes` is the memory they may take. Later ones wait, for `BodyTime` at most."),
        Limit("LargeBodiesPerUser", "bodies", 1, 1_024, "Of one key at once; further ones of it wait."),
        Limit("HeaderBytes", "bytes", 12_288, Mebibyte, "Of all headers of a request; larger ones are refused. Below 12 KiB the signature of a large request would not fit."),
        Time("HeaderTime", "To send the headers, from a connection's first byte. Longer lets slow clients hold connections."),
        Time("BodyTime", "To send the body. Too short cuts off players with slow lines and large bodies (408)."),
        Time("AnswerTime", "To answer. Beyond it 503; what was begun goes on."),
        Time("IdleTime", "To keep a connection without a request."),
        Limit("LeastBytesPerSecond", "bytes a second", 1, Mebibyte, "Slower clients are hung up on, after 5 s."),
    ];

    private static ConfigurationKey Limit(string name, string unit, int least, int most, string consequence)
        => ConfigurationKey.Count($"Gateway:Limits:{name}", unit, least, most, consequence);

    private static ConfigurationKey Time(string name, string consequence) => ConfigurationKey.Time($"Gateway:Limits:{name}", Second, Hour, consequence);
}
