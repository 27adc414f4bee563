using Coordinator.Gateway.Tests.World;
using Coordinator.Testing;
using Coordinator.Web.Tests.World;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Coordinator.Web.Tests;

/// <summary>How long a sign-in lasts, and what happens without one.</summary>
public sealed class SessionTests
{
    [Fact]
    public async Task A_session_that_nobody_uses_ends_by_name_and_nothing_is_done()
    {
        await using var world = await Everything.StartAsync();
        using var visitor = await Visitor.SignedInAsync(world);
        world.Time.Advance(TimeSpan.FromMinutes(29));
        Assert.Equal(200, (await visitor.GetAsync("/admin/holds")).Status);
        world.Time.Advance(TimeSpan.FromMinutes(30));
        world.Grains.Calls.Clear();
        var expired = (await visitor.GetAsync("/admin/holds")).AssertRefused(401, "session_expired");
        Assert.Equal([], PageCheck.Complaints(expired.Body));
        foreach (var (path, fields) in Everything.Forms)
        {
            (await visitor.PostAsync(path, fields)).AssertRefused(401, "session_expired");
        }

        Assert.Empty(world.Grains.Calls);
    }

    [Fact]
    public async Task A_page_that_refreshes_itself_keeps_no_session_alive_and_leads_to_the_sign_in_when_it_is_over()
    {
        await using var world = await Everything.StartAsync();
        using var visitor = await Visitor.SignedInAsync(world);
        for (var minute = 0; minute < 30; minute++)
        {
            Assert.Equal(200, (await visitor.GetAsync("/admin/pieces/services", ("HX-Request", "true"))).Status);
            world.Time.Advance(TimeSpan.FromMinutes(1));
        }

        var over = (await visitor.GetAsync("/admin/pieces/services", ("HX-Request", "true"))).AssertRefused(401, "session_expired");
        Assert.Equal("/admin/sign-in?over", over.Headers["HX-Redirect"]);
        (await visitor.GetAsync("/admin/sign-in?over")).AssertRefused(200, "session_expired");
    }

    [Fact]
    public async Task A_session_ends_in_any_case_after_its_life()
    {
        await using var world = await Everything.StartAsync();
        using var visitor = await Visitor.SignedInAsync(world);
        for (var quarter = 0; quarter < 48; quarter++)
        {
            Assert.Equal(200, (await visitor.GetAsync("/admin/holds")).Status);
            world.Time.Advance(TimeSpan.FromMinutes(15));
        }

        (await visitor.GetAsync("/admin/holds")).AssertRefused(401, "session_expired");
    }

    [Fact]
    public async Task Signing_out_ends_the_session_for_whoever_has_its_cookie()
    {
        await using var world = await Everything.StartAsync();
        using var visitor = await Visitor.SignedInAsync(world);
        using var copy = new Visitor(world);
        foreach (System.Net.Cookie cookie in visitor.Cookies.GetCookies(world.Addresses.Operator))
        {
            copy.Cookies.Add(new System.Net.Cookie(cookie.Name, cookie.Value, "/", world.Addresses.Operator.Host));
        }

        var answer = await visitor.PostAsync("/admin/sign-out");
        Assert.Equal((303, Visitor.SignIn), (answer.Status, answer.Location));
        Assert.Equal(303, (await visitor.GetAsync("/admin/holds")).Status);
        (await copy.GetAsync("/admin/holds")).AssertRefused(401, "session_expired");
    }

    [Fact]
    public async Task Without_a_session_pages_lead_to_the_sign_in_and_forms_do_nothing()
    {
        await using var world = await Everything.StartAsync();
        using var stranger = new Visitor(world);
        foreach (var path in Everything.Pages)
        {
            var answer = await stranger.GetAsync(path);
            Assert.Equal((303, Visitor.SignIn, string.Empty), (answer.Status, answer.Location, answer.Body));
        }

        foreach (var (path, fields) in Everything.Forms)
        {
            (await stranger.PostAsync(path, fields)).AssertRefused(401, "session_missing");
        }

        (await stranger.GetAsync("/admin/pieces/services", ("HX-Request", "true"))).AssertRefused(401, "session_missing");
        Assert.Empty(world.Grains.Calls);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("long")]
    public async Task An_id_that_is_no_session_is_an_expired_one(string id)
    {
        await using var world = await Everything.StartAsync();
        using var stranger = new Visitor(world);
        var value = id == "long" ? new string('a', 3_000) : id;
        (await stranger.GetAsync("/admin/holds", ("Cookie", $"coordinator-session-{world.Addresses.Operator.Port}={value}"))).AssertRefused(401, "session_expired");
        Assert.Empty(world.Grains.Calls);
    }

    [Fact]
    public void Sessions_are_bounded_and_the_one_that_was_not_used_for_longest_makes_room()
    {
        var time = new ManualTimeProvider();
        var sessions = new OperatorSessions(time, new DashboardOptions());
        var first = sessions.Open();
        time.Advance(TimeSpan.FromSeconds(1));
        var second = sessions.Open();
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(SessionLook.Live, sessions.Find(first, isUse: true).Look);
        for (var more = 0; more < 63; more++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            _ = sessions.Open();
        }

        Assert.Equal((SessionLook.Live, SessionLook.Expired), (sessions.Find(first, isUse: true).Look, sessions.Find(second, isUse: true).Look));
    }

    [Theory]
    [InlineData("00:00:30", "12:00:00", null, "Gateway:Dashboard:SessionIdle is 00:00:30; it must be 00:01:00 to 1.00:00:00")]
    [InlineData("00:30:00", "8.00:00:00", null, "Gateway:Dashboard:SessionLife is 8.00:00:00; it must be 00:01:00 to 7.00:00:00")]
    [InlineData("00:30:00", "12:00:00", "javascript:alert(1)", "Gateway:Dashboard:ExplorerUrl is 'javascript:alert(1)'; it must be an http or https address without query")]
    [InlineData("00:30:00", "12:00:00", "https://x.example?a", "Gateway:Dashboard:ExplorerUrl is 'https://x.example?a'; it must be an http or https address without query")]
    [InlineData("00:30:00", "12:00:00", "", null)]
    public void Options_that_do_not_fit_are_named(string idle, string life, string? explorer, string? complaint)
    {
        var options = new DashboardOptions
        {
            SessionIdle = TimeSpan.Parse(idle, System.Globalization.CultureInfo.InvariantCulture), SessionLife = TimeSpan.Parse(life, System.Globalization.CultureInfo.InvariantCulture), ExplorerUrl = explorer,
        };
        Assert.Equal(complaint is null ? [] : [complaint], options.Complaints());
    }

    [Fact]
    public async Task Somebody_elses_page_behind_the_sign_in_needs_a_session_and_takes_changes_from_our_own_pages_only()
    {
        var entered = 0;
        await using var world = await GatewayWorld.StartAsync(alsoOperator: routes =>
        {
            var group = routes.MapGroup("/admin/orleans");
            group.MapMethods("/{**rest}", ["GET", "POST"], async (HttpContext context) =>
            {
                entered++;
                await context.Response.WriteAsync("theirs");
            });
            group.RequireOperatorSession("default-src 'self'");
        });
        using var stranger = new Visitor(world);
        Assert.Equal((303, Visitor.SignIn), ((await stranger.GetAsync("/admin/orleans")).Status, (await stranger.GetAsync("/admin/orleans/x")).Location));
        Assert.Equal(0, entered);
        using var visitor = await Visitor.SignedInAsync(world);
        var page = await visitor.GetAsync("/admin/orleans/x");
        Assert.Equal((200, "theirs", "default-src 'self'"), (page.Status, page.Body, page.Headers["Content-Security-Policy"]));
        (await visitor.SendAsync(visitor.Post("/admin/orleans/x", [], ("Sec-Fetch-Site", "cross-site")))).AssertRefused(403, "cross_site");
        Assert.Equal(1, entered);
        Assert.Equal(200, (await visitor.SendAsync(visitor.Post("/admin/orleans/x", [], ("Sec-Fetch-Site", "same-origin")))).Status);
    }
}
