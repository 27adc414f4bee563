using System.Collections.Immutable;
using Coordinator.Gateway.Tests.World;
using Coordinator.Grains;
using Coordinator.Web.Tests.World;

namespace Coordinator.Web.Tests;

/// <summary>Texts of players, oracles, nodes and operators are texts, wherever they stand.</summary>
public sealed class EscapingTests
{
    private const string Evil = "\"><script>alert(1)</script><img src=x onerror=alert(1)> ' & </td></table>";

    public static TheoryData<string> Pages => [.. Everything.Pages.Concat(Everything.Pieces).Where(path => !path.Contains("release?id", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Hostile_texts_are_shown_and_do_nothing(string path)
    {
        await using var world = await Everything.StartAsync(options => options.Dashboard.ExplorerUrl = "https://explorer.example");
        Poison(world);
        using var visitor = await Visitor.SignedInAsync(world);
        var page = await visitor.GetAsync(path);
        Assert.Equal(200, page.Status);
        Assert.DoesNotContain("<script>", page.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", page.Body, StringComparison.Ordinal);
        Assert.Equal([], PageCheck.Complaints(page.Body, isWhole: page.Body.Contains("<html", StringComparison.Ordinal)).Where(line => !line.StartsWith("id ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_page_of_a_hold_with_a_hostile_name_can_be_opened_and_released()
    {
        await using var world = await Everything.StartAsync();
        Poison(world);
        using var visitor = await Visitor.SignedInAsync(world);
        var page = await visitor.GetAsync($"/admin/holds/release?id={Uri.EscapeDataString(Evil)}");
        Assert.Equal(200, page.Status);
        Assert.Equal([], PageCheck.Complaints(page.Body));
        Assert.Equal(303, (await visitor.PostAsync("/admin/holds/release", ("id", Evil), ("by", "alice"))).Status);
        Assert.Equal(Evil, ((OperatorWord)world.Grains.Calls.Single(call => call.Method == "release_hold").Arguments[0]!).Id);
    }

    [Theory]
    [InlineData("/admin/competitions?q=")]
    [InlineData("/admin/competitions?show=")]
    [InlineData("/admin/competitions?page=")]
    [InlineData("/admin/wallet/bump?payment=")]
    [InlineData("/admin/wallet?coins=")]
    public async Task Hostile_query_parameters_are_texts_too(string path)
    {
        await using var world = await Everything.StartAsync();
        using var visitor = await Visitor.SignedInAsync(world);
        var page = await visitor.GetAsync(path + Uri.EscapeDataString(Evil));
        Assert.Equal(200, page.Status);
        Assert.DoesNotContain("<script>", page.Body, StringComparison.Ordinal);
        Assert.Equal([], PageCheck.Complaints(page.Body));
    }

    [Fact]
    public async Task What_was_typed_into_a_refused_form_comes_back_as_text()
    {
        await using var world = await Everything.StartAsync();
        using var visitor = await Visitor.SignedInAsync(world);
        world.Grains.Refusal = new Problem(ProblemKind.Invalid, "address", Evil);
        foreach (var (path, fields) in Everything.Forms.Where(form => form.Path != "/admin/sign-out" && form.Path != "/admin/wallet/sync"))
        {
            (string, string)[] typed = [.. fields.Select(field => field.Name is "reason" or "note" or "address_to" or "locations" or "payment" ? (field.Name, Evil) : field)];
            var page = await visitor.PostAsync(path, typed);
            Assert.True(page.Status is 422 or 400, $"{path}: {page.Status}");
            Assert.DoesNotContain("<script>", page.Body, StringComparison.Ordinal);
            Assert.Equal([], PageCheck.Complaints(page.Body));
        }
    }

    [Fact]
    public void Markup_escapes_every_value_and_no_other_type_fits_in()
    {
        Assert.Equal("<a title=\"&quot;&lt;&#x27;&amp;\">7 &#x2B;</a>", Html.Of($"""<a title="{"\"<'&"}">{7} {"+"}</a>""").ToString());
        Assert.Equal("<b>x</b><b>y</b>", Html.Of($"{new[] { "x", "y" }.Select(text => Html.Of($"<b>{text}</b>"))}").ToString());
        Assert.Equal("<i></i>", Html.Of($"<i>{(string?)null}{Markup.None}</i>").ToString());
    }

    private static void Poison(GatewayWorld world)
    {
        var hold = new HoldView(Evil, Samples.CompetitionId, Evil, Evil, Evil, DateTimeOffset.UnixEpoch, null, 5, null);
        ImmutableArray<HoldView> holds = [hold, hold with { Id = "other", Release = new HoldReleaseView(DateTimeOffset.UnixEpoch, Evil, Evil) }];
        world.Grains.Holds = holds;
        world.Grains.Status = Samples.Status with { Reasons = [Evil] };
        world.Grains.Competition = Samples.Late with
        {
            Submission = Samples.Terms with { Locations = [Evil, "KDEN"] },
            State = Evil,
            Reason = Evil,
            Outcome = Evil,
            Notices = [Evil],
            Holds = holds,
            Owed = [new OwedView(Samples.TicketId, null, 5, Evil)],
            Pending = [new PendingView(Evil, 9, Evil)],
        };
        world.Grains.Story = new StoryView(
            world.Grains.Competition, [new StepView(Evil, DateTimeOffset.UnixEpoch)], [new WorkView($"{Evil}/{Evil}", null, null, DateTimeOffset.UnixEpoch, 3, Evil)],
            [new StoryTransactionView(Evil, Evil, null, Evil)], [new SeatView(Samples.TicketId, Evil, Evil, null, null, null, null, 1, Evil)],
            [new PayoutAttemptView(Samples.EntryId, Evil, 1, Evil, DateTimeOffset.UnixEpoch, null, 1, Evil)], Samples.OwedShares, [new NoticeView(Evil, Evil, DateTimeOffset.UnixEpoch)], 1);
    }
}
