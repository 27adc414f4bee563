using Coordinator.Gateway.Tests.World;
using Coordinator.Grains;
using Coordinator.Web.Tests.World;

namespace Coordinator.Web.Tests;

/// <summary>Forms: which are carried out, and what they ask of the grains.</summary>
public sealed class FormTests
{
    private static readonly string[] Reads = ["list", "status", "story", "holds", "owed", "balance", "estimated_fees", "address", "sends", "outputs"];

    public static TheoryData<int> All => [.. Enumerable.Range(0, Everything.Forms.Count)];

    [Theory]
    [MemberData(nameof(All))]
    public async Task A_form_without_its_token_with_another_ones_or_from_another_site_does_nothing(int number)
    {
        var (path, fields) = Everything.Forms[number];
        await using var world = await Everything.StartAsync();
        using var visitor = await Visitor.SignedInAsync(world);
        using var other = await Visitor.SignedInAsync(world);
        (await visitor.SendAsync(visitor.Post(path, fields))).AssertRefused(403, "csrf_missing");
        (await visitor.SendAsync(visitor.Post(path, [("csrf", string.Empty), .. fields]))).AssertRefused(403, "csrf_missing");
        (await visitor.SendAsync(visitor.Post(path, [("csrf", visitor.Token), ("csrf", visitor.Token), .. fields]))).AssertRefused(403, "csrf_missing");
        (await visitor.SendAsync(visitor.Post(path, [("csrf", new string('0', 64)), .. fields]))).AssertRefused(403, "csrf_wrong");
        (await visitor.SendAsync(visitor.Post(path, [("csrf", other.Token), .. fields]))).AssertRefused(403, "csrf_wrong");
        var mine = ("csrf", visitor.Token);
        foreach (var header in new[]
        {
            ("Origin", "https://evil.example"), ("Origin", "null"), ("Origin", "http://127.0.0.1:1"), ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Site", "same-site"),
            ("Sec-Fetch-Site", "none"),
        })
        {
            (await visitor.SendAsync(visitor.Post(path, [mine, .. fields], header))).AssertRefused(403, "cross_site");
        }

        Assert.Equal([], world.Grains.Calls.Select(call => call.Method).Except(Reads));
        Assert.Equal(200, (await visitor.GetAsync("/admin/holds")).Status);
    }

    [Fact]
    public async Task A_form_of_our_own_page_is_carried_out_however_the_browser_says_so()
    {
        await using var world = await Everything.StartAsync();
        using var visitor = await Visitor.SignedInAsync(world);
        var own = world.Addresses.Operator.GetLeftPart(UriPartial.Authority);
        foreach (var header in new[] { ("Origin", own), ("Sec-Fetch-Site", "same-origin"), ("X-Nothing", "x") })
        {
            Assert.Equal(303, (await visitor.SendAsync(visitor.Post(Everything.Competition + "/cancel", [("csrf", visitor.Token)], header))).Status);
        }
    }

    [Fact]
    public async Task What_is_no_form_or_too_large_is_refused_by_name()
    {
        await using var world = await Everything.StartAsync();
        using var visitor = await Visitor.SignedInAsync(world);
        foreach (var type in new[] { "application/json", "multipart/form-data; boundary=x", "text/plain" })
        {
            var request = visitor.Request(HttpMethod.Post, Everything.Competition + "/cancel");
            request.Content = new StringContent($"csrf={visitor.Token}", null, "text/plain");
            request.Content.Headers.ContentType = System.Net.Http.Headers.MediaTypeHeaderValue.Parse(type);
            (await visitor.SendAsync(request)).AssertRefused(400, "invalid_form");
        }

        (await visitor.PostAsync(Everything.Competition + "/cancel", ("reason", new string('a', 20_000)))).AssertRefused(400, "invalid_form");
        (await visitor.PostAsync(Everything.Competition + "/cancel", ("reason", new string('a', 300_000)))).AssertRefused(400, "invalid_form");
        (await visitor.PostAsync(Everything.Competition + "/cancel", [.. Enumerable.Range(0, 500).Select(i => ($"f{i}", "x"))])).AssertRefused(400, "invalid_form");
        Assert.Equal([], world.Grains.Calls.Select(call => call.Method).Except(Reads));
    }

    [Fact]
    public async Task The_create_form_makes_the_same_terms_as_the_api()
    {
        await using var world = await Everything.StartAsync();
        using var visitor = await Visitor.SignedInAsync(world);
        var answer = await visitor.PostAsync("/admin/competitions/new", Everything.Terms);
        Assert.Equal((303, Everything.Competition), (answer.Status, answer.Location));
        _ = await world.SendAsync(world.Operator("POST", "/api/v1/competitions", Samples.CreateBody));
        var calls = world.Grains.Calls.Where(call => call.Method == "create").Select(call => (CreateCompetition)call.Arguments[0]!).ToList();
        Assert.Equal(2, calls.Count);
        Assert.Equal(calls[1].Locations.AsEnumerable(), calls[0].Locations.AsEnumerable());
        Assert.Equal(calls[1] with { Locations = [] }, calls[0] with { Locations = [] });
        Assert.Contains("The competition is open", (await visitor.GetAsync(answer.Location)).Body, StringComparison.Ordinal);
        Assert.DoesNotContain("The competition is open", (await visitor.GetAsync(answer.Location)).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Complaints_of_the_rules_stand_beside_their_fields_and_what_was_typed_stays()
    {
        await using var world = await Everything.StartAsync();
        using var visitor = await Visitor.SignedInAsync(world);
        world.Grains.Refusal = new Problem(ProblemKind.Invalid, "invalid_terms", "no", [new FieldProblem("entry_fee", "at least 9,000 sat are needed"), new FieldProblem("id", "used")]);
        var page = (await visitor.PostAsync("/admin/competitions/new", Everything.Terms)).AssertRefused(422, "invalid_terms");
        Assert.Equal([], PageCheck.Complaints(page.Body));
        Assert.Contains("""<p class="complaint" id="e-entry_fee">at least 9,000 sat are needed</p>""", page.Body, StringComparison.Ordinal);
        Assert.Matches("""<input id="f-entry_fee"[^>]* value="5000"[^>]*aria-describedby="h-entry_fee e-entry_fee"[^>]*aria-invalid="true" """.Trim(), page.Body);
        Assert.Contains("id: used", page.Body, StringComparison.Ordinal);
        Assert.Contains("""name="locations" type="text" value="KJFK" """.Trim(), page.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("entry_fee", "")]
    [InlineData("entry_fee", "-1")]
    [InlineData("entry_fee", "1e9")]
    [InlineData("entry_fee", "99999999999999999999")]
    [InlineData("total_allowed_entries", "many")]
    [InlineData("signing_date", "tomorrow")]
    [InlineData("signing_date", "2026-01-03 09:00")]
    [InlineData("relative_locktime_block_delta", "1.5")]
    public async Task What_cannot_be_read_is_named_beside_its_field_and_no_grain_is_asked(string field, string value)
    {
        await using var world = await Everything.StartAsync();
        using var visitor = await Visitor.SignedInAsync(world);
        var page = await visitor.PostAsync("/admin/competitions/new", [.. Everything.Terms.Where(one => one.Name != field), (field, value)]);
        page.AssertRefused(422, "invalid_terms");
        Assert.Contains($"id=\"e-{field}\"", page.Body, StringComparison.Ordinal);
        Assert.Equal([], PageCheck.Complaints(page.Body));
        Assert.DoesNotContain(world.Grains.Calls, call => call.Method == "create");
    }

    [Fact]
    public async Task Each_form_asks_the_grain_for_what_it_says()
    {
        await using var world = await Everything.StartAsync();
        using var visitor = await Visitor.SignedInAsync(world);
        var asked = new List<string>();
        foreach (var (path, fields) in Everything.Forms.Skip(1))
        {
            world.Grains.Calls.Clear();
            Assert.True((await visitor.PostAsync(path, fields)).Status is 303 or 200, path);
            asked.AddRange(world.Grains.Calls.Where(call => !Reads.Contains(call.Method)).Select(call => $"{call.Method} {string.Join(", ", call.Arguments)}".Trim()));
        }

        Assert.Equal(
            [
                "cancel storm",
                "delete",
                $"release_hold {new OperatorWord(Samples.Hold.Id, "alice", "sent back")}",
                $"settle_only True, {new OperatorWord(string.Empty, "alice", "maintenance")}",
                $"release_share {Samples.EntryId}",
            ],
            asked.Take(5));
        Assert.Matches("^preview_send SendRequest { RequestId = [0-9a-f-]{36}, AddressTo = bcrt1pto, AddressFrom = , Amount = 1000, MaxFee =  }$", asked[5]);
        Assert.Equal(
            [
                $"send {new SendRequest("rent", "bcrt1pto", null, 1_000, 500)}",
                $"bump_send {new BumpSendRequest("rent", 5_000, 5_000)}",
                $"sync {new SyncRequest(true, 200)}",
            ],
            asked.Skip(6));
    }

    [Fact]
    public async Task A_send_is_shown_with_its_fee_before_it_is_one_and_confirmed_under_the_same_request()
    {
        await using var world = await Everything.StartAsync();
        using var visitor = await Visitor.SignedInAsync(world);
        var page = await visitor.PostAsync("/admin/wallet/send", ("address_to", "bcrt1pto"), ("amount", "1000"), ("request_id", "rent"));
        Assert.Equal([], PageCheck.Complaints(page.Body));
        Assert.Contains("141", page.Body, StringComparison.Ordinal);
        Assert.Contains("""name="request_id" value="rent" """.Trim(), page.Body, StringComparison.Ordinal);
        Assert.DoesNotContain(world.Grains.Calls, call => call.Method == "send");
        var sent = await visitor.PostAsync("/admin/wallet/send/confirm", ("address_to", "bcrt1pto"), ("amount", "1000"), ("request_id", "rent"));
        Assert.Equal((303, "/admin/wallet"), (sent.Status, sent.Location));
        Assert.Contains(new string('b', 64), (await visitor.GetAsync("/admin/wallet")).Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(101)]
    public async Task A_send_is_not_confirmed_without_the_id_of_the_form_that_was_shown(int? length)
    {
        await using var world = await Everything.StartAsync();
        using var visitor = await Visitor.SignedInAsync(world);
        (string, string)[] id = length is { } letters ? [("request_id", new string('a', letters))] : [];
        (await visitor.PostAsync("/admin/wallet/send/confirm", [("address_to", "bcrt1pto"), ("amount", "1000"), .. id])).AssertRefused(400, "invalid_form");
        Assert.DoesNotContain(world.Grains.Calls, call => call.Method == "send");
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task A_grains_refusal_is_shown_in_words_with_its_code_and_status(int number)
    {
        var (path, fields) = Everything.Forms[number];
        if (path is "/admin/sign-out" or "/admin/wallet/sync")
        {
            return; // asks no grain; tells it with the next page
        }

        await using var world = await Everything.StartAsync();
        using var visitor = await Visitor.SignedInAsync(world);
        world.Grains.Refusal = new Problem(ProblemKind.Conflict, "not_now", "not while <it> runs");
        var page = (await visitor.PostAsync(path, fields)).AssertRefused(409, "not_now");
        Assert.Contains("not while &lt;it&gt; runs", page.Body, StringComparison.Ordinal);
        Assert.Equal([], PageCheck.Complaints(page.Body));
    }

    [Theory]
    [InlineData("/admin/holds/release")]
    [InlineData("/admin/holds/settle-only")]
    public async Task A_decision_needs_a_name(string path)
    {
        await using var world = await Everything.StartAsync();
        using var visitor = await Visitor.SignedInAsync(world);
        (await visitor.PostAsync(path, ("id", Samples.Hold.Id), ("on", "true"), ("by", " "))).AssertRefused(422, "by_missing");
        Assert.Equal([], world.Grains.Calls.Select(call => call.Method).Except(Reads));
    }
}
