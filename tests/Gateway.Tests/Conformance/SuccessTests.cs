using Coordinator.Gateway.Tests.World;

namespace Coordinator.Gateway.Tests.Conformance;

/// <summary>Each row as it should be asked: status, type and every byte of the answer.</summary>
public sealed class SuccessTests
{
    [Theory]
    [MemberData(nameof(Rows.Numbers), MemberType = typeof(Rows))]
    public async Task A_row_answers_its_status_and_its_bytes(int number)
    {
        var row = Rows.Of(number);
        await using var world = await GatewayWorld.StartAsync();
        var answer = await world.SendAsync(row.Request(world));
        Assert.Equal((row.ToString(), row.Status, Golden.Answer(row.Answer)), (row.ToString(), answer.Status, answer.Body));
        Assert.Equal(row.Answer.Length == 0 ? null : "application/json", answer.Headers.GetValueOrDefault("Content-Type"));
        Assert.True(answer.Headers.ContainsKey("Content-Length"), "an answer says how long it is");
    }

    [Fact]
    public void The_table_is_whole()
        => Assert.Equal(Enumerable.Range(1, 25), Rows.All.Select(row => row.Number).Where(number => number < 100));

    [Theory]
    [MemberData(nameof(Rows.Numbers), MemberType = typeof(Rows))]
    public async Task A_row_takes_no_other_method_and_a_mistyped_path_is_no_page(int number)
    {
        var row = Rows.Of(number);
        await using var world = await GatewayWorld.StartAsync();
        var listener = row.Door == Door.Token ? world.Addresses.Operator : world.Addresses.Public;
        var other = await world.SendAsync(GatewayWorld.Request(listener, "PATCH", row.Path));
        other.AssertProblem(405, "method_not_allowed");
        Assert.Contains(row.Method, other.Headers["Allow"], StringComparison.Ordinal);
        (await world.SendAsync(GatewayWorld.Request(listener, row.Method, row.Path + "x/y/z"))).AssertProblem(404, "unknown_path");
        Assert.Empty(world.Grains.Calls);
    }
}
