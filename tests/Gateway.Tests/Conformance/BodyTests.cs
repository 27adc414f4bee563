using System.Text.Json.Nodes;
using Coordinator.Gateway.Tests.World;

namespace Coordinator.Gateway.Tests.Conformance;

/// <summary>Bodies that are no JSON, of another shape, of another type, or too large, on each row that takes one.</summary>
public sealed class BodyTests
{
    [Theory]
    [MemberData(nameof(Rows.BodyNumbers), MemberType = typeof(Rows))]
    public async Task A_row_refuses_a_body_that_is_none(int number)
    {
        var row = Rows.Of(number);
        await using var world = await GatewayWorld.StartAsync();
        foreach (var (body, status, code) in new[] { ("{", 400, "invalid_json"), ("[]", 422, "invalid_body"), ("7", 422, "invalid_body") })
        {
            (await world.SendAsync(row.With(body).Request(world))).AssertProblem(status, code);
        }

        var typed = row.Request(world);
        typed.Content!.Headers.ContentType = new("text/plain");
        (await world.SendAsync(typed)).AssertProblem(415, "unsupported_media_type");
        Assert.Empty(world.Grains.Calls);
    }

    [Theory]
    [MemberData(nameof(Rows.BodyNumbers), MemberType = typeof(Rows))]
    public async Task A_row_refuses_a_body_that_is_too_large(int number)
    {
        var row = Rows.Of(number);
        await using var world = await GatewayWorld.StartAsync(options => options.Limits.LargeBodyBytes = options.Limits.BodyBytes);
        (await world.SendAsync(row.With(row.Body + new string(' ', 262_144)).Request(world))).AssertProblem(413, "body_too_large");
        Assert.Empty(world.Grains.Calls);
    }

    [Theory]
    [MemberData(nameof(Rows.BodyNumbers), MemberType = typeof(Rows))]
    public async Task A_row_takes_members_that_it_does_not_know_and_names_each_that_is_wrong(int number)
    {
        var row = Rows.Of(number);
        if (number is 8)
        {
            return; // any object may be a map of nonces; what is in it is for the grain
        }

        await using var world = await GatewayWorld.StartAsync();
        var more = JsonNode.Parse(row.Body!)!.AsObject();
        more["member_of_a_later_version"] = new JsonObject { ["a"] = 1 };
        Assert.Equal(row.Status, (await world.SendAsync(row.With(more.ToJsonString()).Request(world))).Status);
        world.Grains.Calls.Clear();
        foreach (var name in JsonNode.Parse(row.Body!)!.AsObject().Select(member => member.Key))
        {
            var wrong = JsonNode.Parse(row.Body!)!.AsObject();
            wrong[name] = new JsonObject { ["no"] = "such shape" };
            var answer = await world.SendAsync(row.With(wrong.ToJsonString()).Request(world));
            if (number == 10 && name == "partial_signatures" || name == "unknown")
            {
                continue;
            }

            var body = answer.AssertProblem(422, "invalid_body");
            Assert.Contains(name, body.GetProperty("error").GetString(), StringComparison.Ordinal);
        }

        Assert.Equal(number == 10 || number == 12 ? 1 : 0, world.Grains.Calls.Count);
    }

    [Theory]
    [MemberData(nameof(Rows.Numbers), MemberType = typeof(Rows))]
    public async Task A_path_that_holds_no_uuid_is_refused(int number)
    {
        var row = Rows.Of(number);
        var path = row.Path.Replace("019b7a00-", "not-a-uuid-", StringComparison.Ordinal);
        if (path == row.Path)
        {
            return; // no id in this path
        }

        await using var world = await GatewayWorld.StartAsync();
        (await world.SendAsync(row.Request(world, path))).AssertProblem(400, "invalid_path");
        Assert.Empty(world.Grains.Calls);
    }
}
