namespace Coordinator.Keymeld.Tests;

/// <summary>Questions that must never reach a gateway.</summary>
public sealed class RefusedQuestionTests
{
    public static TheoryData<string, string> Plans => new()
    {
        { "smallest", "not the smallest" }, { "absent", "not among" }, { "twice", "named twice" }, { "alone", "1 participants" },
        { "short", "timeout" }, { "long", "timeout" }, { "none", "signing sessions" }, { "subsets", "201 subsets" },
        { "subset id", "used twice" }, { "lonely subset", "needs the coordinator" }, { "stranger", "needs the coordinator" },
        { "member twice", "needs the coordinator" }, { "without coordinator", "needs the coordinator" },
    };

    [Theory]
    [MemberData(nameof(Plans))]
    public async Task A_plan_with_a_complaint_is_not_reserved(string change, string complaint)
    {
        using var questions = new Questions();
        using var gateway = ScriptedGateway.Says(200, "{}");
        var plan = Change(questions.Plan, change);
        var refusal = await Assert.ThrowsAsync<ArgumentException>(() => gateway.Client().ReserveAsync(plan, questions.Secret, default));
        Assert.Contains(complaint, refusal.Message, StringComparison.Ordinal);
        Assert.Empty(gateway.Asked);
        Assert.Empty(questions.Plan.Complaints());
    }

    [Theory]
    [InlineData("none", "0 items")]
    [InlineData("many", "101 items")]
    [InlineData("twice", "used twice")]
    [InlineData("message", "not 32 bytes")]
    [InlineData("timeout", "timeout")]
    public async Task An_order_with_a_complaint_is_not_sent(string change, string complaint)
    {
        using var questions = new Questions();
        using var gateway = ScriptedGateway.Says(200, "{}");
        var item = questions.Order.Items[0];
        var order = change switch
        {
            "none" => questions.Order with { Items = [] },
            "many" => questions.Order with { Items = [.. Enumerable.Range(0, 101).Select(i => item with { Id = DerivedIds.Item(item.Id, new byte[32], i) })] },
            "twice" => questions.Order with { Items = [item, item] },
            "message" => questions.Order with { Items = [item with { Message32 = new byte[31] }] },
            _ => questions.Order with { Timeout = TimeSpan.FromHours(25) },
        };
        var refusal = await Assert.ThrowsAsync<ArgumentException>(() => gateway.Client().StartSigningAsync(order, questions.Secret, default));
        Assert.Contains(complaint, refusal.Message, StringComparison.Ordinal);
        Assert.Empty(gateway.Asked);
    }

    [Fact]
    public void Options_tell_every_complaint_at_once()
    {
        var options = new KeymeldOptions
        {
            BaseAddress = new Uri("ftp://127.0.0.1"), Timeout = TimeSpan.Zero, ReadAttempts = 0, ReadRetryDelay = TimeSpan.FromHours(1),
            MaximumAnswerBytes = 1,
        };
        Assert.Equal(5, options.Complaints().Count());
        Assert.Contains("Keymeld:ReadAttempts", Assert.Throws<ArgumentException>(options.Validate).Message, StringComparison.Ordinal);
        Assert.Empty(ScriptedGateway.Options(null).Complaints());
    }

    private static KeygenPlan Change(KeygenPlan plan, string change)
    {
        var subset = plan.Subsets[0];
        return change switch
        {
            "smallest" => plan with { CoordinatorUser = KeyAnswers.User },
            "absent" => plan with { CoordinatorUser = Guid.Empty },
            "twice" => plan with { Participants = [.. plan.Participants, KeyAnswers.User] },
            "alone" => plan with { Participants = [KeyAnswers.CoordinatorUser] },
            "short" => plan with { Timeout = TimeSpan.FromMilliseconds(999) },
            "long" => plan with { Timeout = TimeSpan.FromHours(24) + TimeSpan.FromSeconds(1) },
            "none" => plan with { MaximumSigningSessions = 0 },
            "subsets" => plan with { Subsets = [.. Enumerable.Range(0, 201).Select(i => subset with { Id = DerivedIds.Item(subset.Id, new byte[32], i) })] },
            "subset id" => plan with { Subsets = [subset, subset] },
            "lonely subset" => plan with { Subsets = [subset with { Members = [KeyAnswers.CoordinatorUser] }] },
            "stranger" => plan with { Subsets = [subset with { Members = [KeyAnswers.CoordinatorUser, Guid.Empty] }] },
            "member twice" => plan with { Subsets = [subset with { Members = [KeyAnswers.CoordinatorUser, KeyAnswers.User, KeyAnswers.User] }] },
            _ => plan with { Subsets = [subset with { Members = [KeyAnswers.User, Guid.Empty] }] },
        };
    }
}
