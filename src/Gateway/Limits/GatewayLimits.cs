namespace Coordinator.Gateway;

/// <summary>How much the gateway takes from whom. Section <c>Gateway:Limits</c>. A rate or a burst of 0 switches that limit off.</summary>
public sealed class GatewayLimits
{
    private const int Mebibyte = 1_024 * 1_024;

    /// <summary>Requests a second that one address may send to the public listener, on average. Default 200: a household of players, or a
    /// demo's worth of them in one process.</summary>
    public int AddressPerSecond { get; set; } = 200;

    /// <summary>Requests one address may send at once after a pause. Default 1 000.</summary>
    public int AddressBurst { get; set; } = 1_000;

    /// <summary>Signed requests a second of one key, on average, from wherever they come. Default 50.</summary>
    public int UserPerSecond { get; set; } = 50;

    /// <summary>Signed requests one key may send at once after a pause. Default 200.</summary>
    public int UserBurst { get; set; } = 200;

    /// <summary>Requests a second of one address to register, log in, or change or reset a password, and wrong operator tokens; on average.
    /// Default 2.</summary>
    public int AuthenticationPerSecond { get; set; } = 2;

    /// <summary>Such requests one address may send at once after a pause. Default 30.</summary>
    public int AuthenticationBurst { get; set; } = 30;

    /// <summary>Addresses, and as many keys, whose use is remembered at once. Those beyond share one allowance. Default 50 000.</summary>
    public int Remembered { get; set; } = 50_000;

    /// <summary>Open connections of each listener. Default 2 048.</summary>
    public int Connections { get; set; } = 2_048;

    /// <summary>Open connections of one address to the public listener; trusted proxies are exempt. Default 128.</summary>
    public int ConnectionsPerAddress { get; set; } = 128;

    /// <summary>Requests of the public listener that are answered at once, once their bodies are there; beyond it 503. Default 1 024.</summary>
    public int Requests { get; set; } = 1_024;

    /// <summary>Bytes of a body, both as sent and unpacked, on all routes but two. Default 262 144.</summary>
    public int BodyBytes { get; set; } = Mebibyte / 4;

    /// <summary>Bytes of a body of nonces or signatures, both as sent and unpacked. Default 16 777 216.</summary>
    public int LargeBodyBytes { get; set; } = 16 * Mebibyte;

    /// <summary>Large bodies that are held in memory at once; who comes later waits for <see cref="BodyTime"/> at most. Default 16.</summary>
    public int LargeBodies { get; set; } = 16;

    /// <summary>Large bodies of one key at once. Default 2.</summary>
    public int LargeBodiesPerUser { get; set; } = 2;

    /// <summary>Bytes of all headers of a request together. Default 16 384.</summary>
    public int HeaderBytes { get; set; } = 16 * 1_024;

    /// <summary>From a connection's first byte to the end of the headers. Default 10 s.</summary>
    public TimeSpan HeaderTime { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>From the headers to the end of the body. Default 1 min.</summary>
    public TimeSpan BodyTime { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>From the end of the body to the answer. Default 1 min.</summary>
    public TimeSpan AnswerTime { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>A connection without a request is closed after this. Default 2 min.</summary>
    public TimeSpan IdleTime { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Bytes a second below which a client that sends a body, or takes an answer, is hung up on, after 5 s of grace. Default
    /// 1 024.</summary>
    public int LeastBytesPerSecond { get; set; } = 1_024;

    /// <summary>Everything that is wrong, one sentence each, naming key and value.</summary>
    internal IEnumerable<string> Complaints()
    {
        (string Name, int Value, int Least, int Most)[] counts =
        [
            (nameof(AddressPerSecond), AddressPerSecond, 0, 1_000_000), (nameof(AddressBurst), AddressBurst, 0, 10_000_000),
            (nameof(UserPerSecond), UserPerSecond, 0, 1_000_000), (nameof(UserBurst), UserBurst, 0, 10_000_000),
            (nameof(AuthenticationPerSecond), AuthenticationPerSecond, 0, 1_000_000),
            (nameof(AuthenticationBurst), AuthenticationBurst, 0, 10_000_000), (nameof(Remembered), Remembered, 100, 10_000_000),
            (nameof(Connections), Connections, 16, 1_000_000), (nameof(ConnectionsPerAddress), ConnectionsPerAddress, 1, 1_000_000),
            (nameof(Requests), Requests, 1, 1_000_000), (nameof(BodyBytes), BodyBytes, 4_096, 64 * Mebibyte),
            (nameof(LargeBodyBytes), LargeBodyBytes, BodyBytes, 256 * Mebibyte), (nameof(LargeBodies), LargeBodies, 1, 1_024),
            (nameof(LargeBodiesPerUser), LargeBodiesPerUser, 1, 1_024),
            (nameof(HeaderBytes), HeaderBytes, 12 * 1_024, Mebibyte), (nameof(LeastBytesPerSecond), LeastBytesPerSecond, 1, Mebibyte),
        ];
        foreach (var (name, value, least, most) in counts)
        {
            if (value < least || value > most)
            {
                yield return $"Gateway:Limits:{name} is {value}; it must be {least} to {most}";
            }
        }

        (string Name, TimeSpan Value)[] times =
            [(nameof(HeaderTime), HeaderTime), (nameof(BodyTime), BodyTime), (nameof(AnswerTime), AnswerTime), (nameof(IdleTime), IdleTime)];
        foreach (var (name, value) in times)
        {
            if (value < TimeSpan.FromSeconds(1) || value > TimeSpan.FromHours(1))
            {
                yield return $"Gateway:Limits:{name} is {value}; it must be a second to an hour";
            }
        }
    }
}
