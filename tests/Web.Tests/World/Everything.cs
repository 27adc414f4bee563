using System.Collections.Immutable;
using Coordinator.Gateway;
using Coordinator.Gateway.Tests.World;
using Coordinator.Grains;

namespace Coordinator.Web.Tests.World;

/// <summary>A service in which every page has something to show, and all paths that a signed-in operator can open.</summary>
internal static class Everything
{
    public static readonly string Competition = $"/admin/competitions/{Samples.CompetitionId}";

    public static readonly string Release = $"{Competition}/entries/{Samples.EntryId}/release";

    public static readonly string ReleaseHold = $"/admin/holds/release?id={Uri.EscapeDataString(Samples.Hold.Id)}";

    public static IReadOnlyList<string> Pages { get; } =
    [
        "/admin/competitions", "/admin/competitions?show=all&q=KDEN&page=1", Competition, "/admin/competitions/new", Competition + "/cancel", Competition + "/delete", "/admin/holds", ReleaseHold,
        "/admin/owed", Release, "/admin/wallet", "/admin/wallet?coins=all", "/admin/wallet/send", "/admin/wallet/bump?payment=rent", "/admin/services", "/admin/grains",
    ];

    public static IReadOnlyList<string> Pieces { get; } =
        ["/admin/pieces/competitions", $"/admin/pieces/competitions/{Samples.CompetitionId}", "/admin/pieces/wallet", "/admin/pieces/services", "/admin/pieces/grains"];

    /// <summary>Every form that changes something, with fields that would do it.</summary>
    public static IReadOnlyList<(string Path, (string Name, string Value)[] Fields)> Forms { get; } =
    [
        ("/admin/competitions/new", [.. Terms]),
        (Competition + "/cancel", [("reason", "storm")]),
        (Competition + "/delete", []),
        ("/admin/holds/release", [("id", Samples.Hold.Id), ("by", "alice"), ("note", "sent back")]),
        ("/admin/holds/settle-only", [("on", "true"), ("by", "alice"), ("note", "maintenance")]),
        (Release, []),
        ("/admin/wallet/send", [("address_to", "bcrt1pto"), ("amount", "1000")]),
        ("/admin/wallet/send/confirm", [("address_to", "bcrt1pto"), ("amount", "1000"), ("max_fee", "500"), ("request_id", "rent")]),
        ("/admin/wallet/bump", [("payment", "rent"), ("sat_per_vbyte", "20"), ("max_fee", "5000")]),
        ("/admin/wallet/sync", [("anew", "true")]),
        ("/admin/sign-out", []),
    ];

    /// <summary>The fields of <see cref="Samples.Terms"/>.</summary>
    public static (string Name, string Value)[] Terms =>
    [
        ("id", Samples.CompetitionId.ToString()), ("start_observation_date", "2026-01-02T00:00"), ("end_observation_date", "2026-01-03T00:00"), ("signing_date", "2026-01-03T09:00"),
        ("station", "KDEN"), ("locations", "KJFK"), ("number_of_values_per_entry", "6"), ("number_of_places_win", "1"), ("total_allowed_entries", "3"), ("entry_fee", "5000"),
        ("coordinator_fee_percentage", "5"), ("relative_locktime_block_delta", "144"),
    ];

    public static async Task<GatewayWorld> StartAsync(Action<GatewayOptions>? change = null)
    {
        var world = await GatewayWorld.StartAsync(change, new Health(), new Report());
        world.Grains.Competition = Samples.Late with
        {
            Notices = ["odd: thing"],
            Holds = [Samples.Hold, Samples.Hold with { Id = Samples.Hold.Id + "2", Subject = "u", Release = null }],
            Pending = [new PendingView("prepare_contract", 7, "no coins")],
            Bumps = new BumpsView(1, 200, 5_000),
        };
        world.Grains.Holds = world.Grains.Competition.Holds;
        return world;
    }

    private sealed class Health : IHealthReport
    {
        public ValueTask<ImmutableArray<HealthLine>> LookAsync(CancellationToken cancellation)
            => new([new HealthLine("storage", true, true), new HealthLine("chain", false, false, "no answer")]);
    }

    private sealed class Report : IGrainReport
    {
        public Task<GrainReport> LookAsync(CancellationToken cancellation) => Task.FromResult(new GrainReport(
            [new SiloLine("S127.0.0.1:0:1", "Active")], 4, DateTimeOffset.UnixEpoch,
            [
                new GrainTypeLine("wallet", 1, 2, [
                    new GrainMethodLine("SendAsync", 4, 1, TimeSpan.FromMicroseconds(900), TimeSpan.FromMilliseconds(2), TimeSpan.FromSeconds(3), "TimeoutException", DateTimeOffset.UnixEpoch),
                ]),
            ]));
    }
}
