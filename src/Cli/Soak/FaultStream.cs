using System.Text.Json.Nodes;
using Coordinator.Cli.Demo;
using Coordinator.Cli.Fuzz;
using Coordinator.Cli.Processes;

namespace Coordinator.Cli.Soak;

/// <summary>
/// One thing goes wrong each second, over the simulators' control routes or by a kill of the service. Which one is fixed by the seed; whom it
/// hits is not. Scripted faults hit the next call that fits: answers that mean nothing are for commands alone, since players do not expect them.
/// </summary>
internal sealed class FaultStream(WorldHttp http, LocalWorld world, ulong seed)
{
    private static readonly string[] Calls =
        ["*", "AddHoldInvoice", "SettleInvoice", "CancelInvoice", "LookupInvoiceV2", "SendPaymentV2", "TrackPaymentV2", "GetInfo", "DecodePayReq"];

    private static readonly string[] Streams = ["SubscribeSingleInvoice", "SendPaymentV2", "TrackPaymentV2"];
    private static readonly string[] CallFaults = ["delay_before", "delay_after", "refuse", "break_before", "drop_answer"];
    private static readonly string[] StreamFaults = ["cut_stream", "end_stream", "duplicate_first"];
    private static readonly string[] Everywhere = ["Delay", "Status", "DropBefore", "DropAfter"];
    private static readonly int[] LndStatuses = [2, 4, 13, 14];
    private static readonly int[] Statuses = [429, 500, 502, 503];

    /// <summary>How often each kind happened.</summary>
    public SortedDictionary<string, int> Counts { get; } = new(StringComparer.Ordinal);

    /// <summary>Kills the service (−9); whoever keeps it starts it again.</summary>
    public void Kill()
    {
        world.KillService();
        Count("service killed");
    }

    /// <summary>The fault of this second.</summary>
    public async Task ScriptAsync(int second, CancellationToken cancellation)
    {
        var random = new FuzzRandom(seed, second);
        var (name, address, body) = random.Below(20) switch
        {
            < 5 => LndCall(random),
            < 8 => LndStream(random),
            8 => ("lnd disconnect_streams", At("lnd_control", "/control/disconnect-streams"), new JsonObject { ["with_ok"] = random.OneIn(2) }),
            < 12 => Scripted("oracle", At("oracle_control", "/control/faults"), random, "FailAfter", "Garbage"),
            < 16 => Scripted("keymeld", At("keymeld_control", "/control/faults"), random, "FailAfter", "Nonsense"),
            16 => KeymeldRestart(random),
            < 19 => Scripted("chain", At("chain", "/control/faults"), random, "Garbage", "Garbage"),
            _ => ("chain reorganise", At("chain", "/control/reorganise"), new JsonObject { ["depth"] = 1, ["confirm_again"] = random.OneIn(2) }),
        };
        await http.JsonAsync(HttpMethod.Post, address, body, null, cancellation);
        Count(name);
    }

    /// <summary>Forgets every fault that was scripted and has not happened.</summary>
    public async Task EndAsync(CancellationToken cancellation)
    {
        foreach (var simulator in new[] { "lnd_control", "oracle_control", "keymeld_control", "chain" })
        {
            await http.JsonAsync(HttpMethod.Delete, At(simulator, "/control/faults"), null, null, cancellation);
        }
    }

    private (string Name, Uri Address, JsonObject Body) LndCall(FuzzRandom random)
    {
        var (kind, call) = (random.Pick(CallFaults), random.Pick(Calls));
        return ($"lnd {kind}", At("lnd_control", "/control/faults"), new JsonObject
        {
            ["method"] = call,
            ["kind"] = kind,
            ["delay_ms"] = 200 + random.Below(3_000),
            ["status"] = random.Pick(LndStatuses),
            ["text"] = "the node is not well",
        });
    }

    private (string Name, Uri Address, JsonObject Body) LndStream(FuzzRandom random)
    {
        var (kind, stream) = (random.Pick(StreamFaults), random.Pick(Streams));
        return ($"lnd {kind}", At("lnd_control", "/control/faults"), new JsonObject { ["method"] = stream, ["kind"] = kind, ["after"] = random.Below(3) });
    }

    /// <param name="rare">Two kinds for commands alone.</param>
    private static (string Name, Uri Address, JsonObject Body) Scripted(string name, Uri address, FuzzRandom random, params string[] rare)
    {
        var isRare = random.OneIn(4);
        var kind = isRare ? random.Pick(rare) : random.Pick(Everywhere);
        return ($"{name} {kind.ToLowerInvariant()}", address, new JsonObject
        {
            ["kind"] = kind,
            ["method"] = isRare || random.OneIn(2) ? "POST" : string.Empty,
            ["path"] = string.Empty,
            ["times"] = 1 + random.Below(3),
            ["status_code"] = random.Pick(Statuses),
            ["delay_milliseconds"] = 200 + random.Below(3_000),
        });
    }

    private (string Name, Uri Address, JsonObject Body) KeymeldRestart(FuzzRandom random)
        => random.OneIn(2)
            ? ("keymeld gateway restarted", At("keymeld_control", "/control/restart"), new JsonObject())
            : ("keymeld enclave restarted", At("keymeld_control", $"/control/enclaves/{random.Below(world.EnclaveKeys.Count)}"), new JsonObject { ["restart"] = true });

    private Uri At(string simulator, string path) => new(new Uri(world.Simulators[simulator]), path);

    private void Count(string name) => Counts[name] = Counts.GetValueOrDefault(name) + 1;
}
