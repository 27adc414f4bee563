using System.Text.Json.Nodes;
using Coordinator.Cli.Processes;
using Coordinator.Cli.Synth;

namespace Coordinator.Cli.Tests;

/// <summary>What a run must not lose, and who may read it.</summary>
public sealed class SynthFolderTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly string _folder = Directory.CreateTempSubdirectory("coordinator-synth-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_seed_is_made_once_for_its_owner_only_and_kept()
    {
        string seed;
        using (var folder = SynthFolder.Open(_folder))
        {
            seed = File.ReadAllText(folder.SeedFile);
            Assert.Equal(64, seed.Length);
            Assert.Equal(OwnerOnly, File.GetUnixFileMode(folder.SeedFile));
        }

        using var again = SynthFolder.Open(_folder);
        Assert.Equal(seed, File.ReadAllText(again.SeedFile));
    }

    [Fact]
    public void A_seed_that_others_may_read_is_refused()
    {
        var seed = Path.Combine(_folder, "seed");
        File.WriteAllText(seed, new string('a', 64));
        File.SetUnixFileMode(seed, OwnerOnly | UnixFileMode.OtherRead);
        var refused = Assert.Throws<CommandFailedException>(() => SynthFolder.Open(_folder));
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("chmod 600", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_run_at_a_time_uses_a_folder()
    {
        Assert.False(SynthFolder.IsInUse(_folder));
        using (SynthFolder.Open(_folder))
        {
            Assert.True(SynthFolder.IsInUse(_folder));
            Assert.Contains("in use", Assert.Throws<CommandFailedException>(() => SynthFolder.Open(_folder)).Message, StringComparison.Ordinal);
        }

        Assert.False(SynthFolder.IsInUse(_folder));
    }

    [Fact]
    public void A_plan_is_kept_until_it_is_forgotten()
    {
        using var folder = SynthFolder.Open(_folder);
        var plan = new SynthPlan(Guid.CreateVersion7(DateTimeOffset.UnixEpoch), 3, new JsonObject { ["id"] = "x", ["entry_fee"] = 5_000 }, 7);
        Assert.Null(folder.Find(plan.Id));
        folder.Save(plan);
        var found = folder.Find(plan.Id)!;
        Assert.Equal((plan.Id, 3, 7L, plan.Terms.ToJsonString()), (found.Id, found.Users, found.BalanceMsat, found.Terms.ToJsonString()));
        folder.Forget(plan.Id);
        folder.Forget(plan.Id);
        Assert.Null(folder.Find(plan.Id));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{}")]
    public void A_damaged_plan_is_refused_by_name(string text)
    {
        using var folder = SynthFolder.Open(_folder);
        var plan = new SynthPlan(Guid.CreateVersion7(DateTimeOffset.UnixEpoch), 3, [], 7);
        folder.Save(plan);
        File.WriteAllText(Path.Combine(_folder, "runs", plan.Id.ToString(), "plan.json"), text);
        Assert.Contains("does not read", Assert.Throws<CommandFailedException>(() => folder.Find(plan.Id)).Message, StringComparison.Ordinal);
    }
}
