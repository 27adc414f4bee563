using Coordinator.Gateway.Tests.World;
using Coordinator.Grains;

namespace Coordinator.Gateway.Tests;

/// <summary>Every answer's members, order and nulls, against files.</summary>
public sealed class GoldenTests
{
    [Theory]
    [InlineData("competition_fresh.json", false)]
    [InlineData("competition_late.json", true)]
    public async Task A_competition_is_written_as_its_file(string file, bool late)
    {
        await using var world = await GatewayWorld.StartAsync();
        world.Grains.Competition = late ? Samples.Late : Samples.Fresh;
        var one = await world.SendAsync(world.Unsigned("GET", Samples.CompetitionPath));
        Assert.Equal((200, Golden.Read(file)), (one.Status, one.Body));
        Assert.Equal("application/json", one.Headers["Content-Type"]);
        var list = await world.SendAsync(world.Unsigned("GET", "/api/v1/competitions"));
        var lean = Golden.Read(file).Replace("{\"locking_points\":[\"02aa\"],\"expiry\":1767517200}", "null", StringComparison.Ordinal);
        Assert.Equal($"[{lean}]", list.Body);
    }

    [Theory]
    [InlineData("POST", "ticket.json", "{c}/ticket", "ticket")]
    [InlineData("POST", "entry.json", "/api/v1/entries", "entry")]
    [InlineData("GET", "contract.json", "{c}/contract", "")]
    public async Task A_signed_answer_is_written_as_its_file(string method, string file, string path, string body)
    {
        await using var world = await GatewayWorld.StartAsync();
        var url = path.Replace("{c}", Samples.CompetitionPath, StringComparison.Ordinal);
        var text = body switch { "ticket" => Samples.TicketBody, "entry" => Samples.EntryBody, _ => "" };
        var answer = await world.SendAsync(world.Signed(method, url, text));
        Assert.Equal((200, Golden.Read(file)), (answer.Status, answer.Body));
    }

    [Fact]
    public async Task What_keymeld_adds_is_written_as_its_files()
    {
        await using var world = await GatewayWorld.StartAsync();
        var session = Guid.Parse("019b7a00-0000-7000-8000-000000000007");
        world.Grains.Ticket = Samples.Ticket with { Keymeld = new TicketKeymeldView("https://keymeld.example", session, 3, "02bb", 5) };
        world.Grains.Contract = Samples.Contract with
        {
            Keymeld = new ContractKeymeldView(
                "https://keymeld.example", session, "c2VhbGVk", Samples.TicketId, new string('9', 64), [Guid.Parse("019b7a00-0000-7000-8000-000000000008")]),
        };
        var ticket = await world.SendAsync(world.Signed("POST", Samples.CompetitionPath + "/ticket", Samples.TicketBody));
        Assert.Equal(Golden.Read("ticket_keymeld.json"), ticket.Body);
        var contract = await world.SendAsync(world.Signed("GET", Samples.CompetitionPath + "/contract"));
        Assert.Equal(Golden.Read("contract_keymeld.json"), contract.Body);
    }

    [Theory]
    [InlineData("balance")]
    [InlineData("address")]
    [InlineData("outputs")]
    public async Task A_wallet_answer_is_written_as_its_file(string what)
    {
        await using var world = await GatewayWorld.StartAsync();
        var answer = await world.SendAsync(world.Operator("GET", "/api/v1/wallet/" + what));
        Assert.Equal((200, Golden.Read($"wallet_{what}.json")), (answer.Status, answer.Body));
    }
}
