using System.Text.Json;
using System.Text.RegularExpressions;

namespace Coordinator.Chart.Tests;

/// <summary>The workflow and the development commands call what is here, and nothing else.</summary>
public sealed partial class WorkflowTests
{
    [Fact]
    public void The_workflow_runs_what_every_landing_runs_with_the_least_rights_and_a_limit()
    {
        var workflow = Workflow();
        Assert.Equal("read", workflow.At("permissions.contents").GetString());
        Assert.Single(workflow.At("permissions").EnumerateObject());
        foreach (var job in workflow.At("jobs").EnumerateObject())
        {
            Assert.InRange(job.Value.At("timeout-minutes").GetInt32(), 1, 120);
            Assert.Null(job.Value.Find("permissions"));
            Assert.Contains(job.Value.List("steps"), step => step.Find("run")?.GetString()?.Trim() == "bash .ci/run");
        }

        Assert.True(File.Exists(Path.Combine(Rendering.Root, ".ci", "run")));
    }

    [Fact]
    public void Its_actions_have_exact_versions_and_the_sdk_is_the_repository_s()
    {
        var uses = Workflow().At("jobs").EnumerateObject().SelectMany(job => job.Value.List("steps")).Where(step => step.Find("uses") is not null).ToArray();
        Assert.NotEmpty(uses);
        Assert.All(uses, step => Assert.Matches(Exact(), step.At("uses").GetString()));
        Assert.Contains(uses, step => step.Find("with.global-json-file")?.GetString() == "global.json");
        Assert.All(
            uses.Where(step => step.At("uses").GetString()!.StartsWith("actions/checkout", StringComparison.Ordinal)),
            step => Assert.False(step.At("with.persist-credentials").GetBoolean()));
    }

    [Fact]
    public void Every_development_command_is_one_of_the_root_script()
    {
        var help = Rendering.Run("bash", null, ["coordinator", "--help"]).Output;
        var orders = File.ReadAllLines(Path.Combine(Rendering.Root, "justfile")).Where(line => line.StartsWith("    ", StringComparison.Ordinal)).Select(line => line.Trim())
            .Where(line => line is not ("@just --list" or ".ci/run")).ToArray();
        Assert.NotEmpty(orders);
        Assert.All(orders, order =>
        {
            var words = order.Split(' ');
            Assert.Equal("./coordinator", words[0]);
            Assert.Matches($@"(?m)^  (.*\| )?{Regex.Escape(words[1])}\b", help);
        });
    }

    [Fact]
    public void The_development_commands_of_the_reference_are_there()
        => Assert.All(
            ["start-all", "stop-all", "status", "mine", "e2e", "test", "check", "demo", "up"],
            name => Assert.Contains(File.ReadAllLines(Path.Combine(Rendering.Root, "justfile")), line => line.StartsWith($"{name}:", StringComparison.Ordinal) || line.StartsWith($"{name} ", StringComparison.Ordinal)));

    [Fact]
    public void Nothing_that_was_not_started_is_stopped()
    {
        var (code, output, complaint) = Rendering.Run("bash", null, ["-c", "root=$(mktemp -d); . \"$0\"; background_stop; background_status; rm -rf \"$root\"", "build/background.sh"]);
        Assert.True(code == 0, complaint);
        Assert.Equal("{\"running\":false}\n{\"running\":false}\n", output);
    }

    private static JsonElement Workflow()
    {
        var (code, output, complaint) = Rendering.Run(
            "bash", File.ReadAllText(Path.Combine(Rendering.Root, ".github", "workflows", "ci.yml")), ["coordinator", "chart", "--documents"]);
        Assert.True(code == 0, complaint);
        return JsonDocument.Parse(output).RootElement[0].At("document");
    }

    [GeneratedRegex("""^[\w-]+/[\w-]+@(v\d+\.\d+\.\d+|[0-9a-f]{40})$""", RegexOptions.None, 60_000)]
    private static partial Regex Exact();
}
