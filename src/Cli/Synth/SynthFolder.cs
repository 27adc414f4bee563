using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Coordinator.Cli.Operator;
using Coordinator.Cli.Processes;

namespace Coordinator.Cli.Synth;

/// <summary>What was decided before anything was asked of anybody; enough to ask it again.</summary>
/// <param name="Id">Of the run and of its competition.</param>
/// <param name="Terms">The body that creates the competition.</param>
/// <param name="BalanceMsat">The payer's before the run, with what was on its way.</param>
internal sealed record SynthPlan(Guid Id, int Users, JsonObject Terms, long BalanceMsat);

/// <summary>The folder of <c>--state</c>: history, seed, and for each run that is not over what its players need.</summary>
internal sealed class SynthFolder : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string _root;
    private readonly FileStream? _lock;

    private SynthFolder(string root, FileStream? folderLock) => (_root, _lock) = (root, folderLock);

    public string SeedFile => Path.Combine(_root, "seed");

    public string History => HistoryOf(_root);

    public static string HistoryOf(string root) => Path.Combine(root, "history.jsonl");

    /// <summary>Opens the folder for runs, one process at a time; makes it, and the seed, where they are missing.</summary>
    /// <exception cref="CommandFailedException">It is in use, cannot be made, or others may read the seed.</exception>
    public static SynthFolder Open(string path)
    {
        var root = Path.GetFullPath(path);
        try
        {
            Directory.CreateDirectory(root);
            var folder = new SynthFolder(root, new FileStream(LockOf(root), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            folder.EnsureSeed();
            return folder;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException(IsInUse(root) ? $"--state '{root}' is in use by another synth run" : $"--state '{root}' cannot be used: {failure.Message}");
        }
    }

    /// <summary>Whether a run is going on in this folder now.</summary>
    public static bool IsInUse(string root)
    {
        try
        {
            using var probe = new FileStream(LockOf(root), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return false;
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException)
        {
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    public string PlayersOf(Guid run) => Path.Combine(RunOf(run), "players");

    public string LogOf(Guid run) => Path.Combine(RunOf(run), "players.log");

    /// <summary>On disk when this returns.</summary>
    public void Save(SynthPlan plan)
    {
        Directory.CreateDirectory(RunOf(plan.Id));
        WriteSecret(PlanOf(plan.Id), new JsonObject
        {
            ["id"] = plan.Id.ToString(), ["users"] = plan.Users, ["balance_msat"] = plan.BalanceMsat, ["terms"] = plan.Terms.DeepClone(),
        }.ToJsonString());
    }

    /// <summary>The plan of a run that is not over; null where there is none.</summary>
    /// <exception cref="CommandFailedException">It does not read.</exception>
    public SynthPlan? Find(Guid run)
    {
        if (!File.Exists(PlanOf(run)))
        {
            return null;
        }

        try
        {
            var plan = JsonNode.Parse(File.ReadAllText(PlanOf(run)))!;
            return new SynthPlan(run, plan["users"]!.GetValue<int>(), plan["terms"]!.AsObject(), plan["balance_msat"]!.GetValue<long>());
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException or NullReferenceException or IOException)
        {
            throw new CommandFailedException($"{PlanOf(run)} does not read: {malformed.Message}");
        }
    }

    /// <summary>Removes what a run's players needed: nobody has money in it any more.</summary>
    public void Forget(Guid run)
    {
        if (Directory.Exists(RunOf(run)))
        {
            Directory.Delete(RunOf(run), recursive: true);
        }
    }

    public void Dispose() => _lock?.Dispose();

    private static string LockOf(string root) => Path.Combine(root, "in-use.lock");

    private string RunOf(Guid run) => Path.Combine(_root, "runs", run.ToString());

    private string PlanOf(Guid run) => Path.Combine(RunOf(run), "plan.json");

    private void EnsureSeed()
    {
        if (!File.Exists(SeedFile))
        {
            WriteSecret(SeedFile, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)));
        }

        OptionSecret.Check("the seed", SeedFile);
    }

    private static void WriteSecret(string path, string text) => WholeFile.Replace(path, text, OwnerOnly);
}
