using System.Text.Json;
using Coordinator.Cli.Processes;

namespace Coordinator.Cli.Demo;

/// <summary>What comes before the first ticket: coins for the coordinator, money for the players' nodes, and the competition itself.</summary>
internal sealed class DemoOpening(
    DemoOptions options, DataFolder folder, OperatorApi api, ChainWorld chain, LightningWorld lightning, DemoLog log, TimeProvider clock)
{
    private const long PlayerSats = 5_000_000;
    private const long CoinSats = 5_000_000;
    private const int Coins = 3;
    private static readonly CompetitionDates Dates = new(TimeSpan.FromMinutes(20), TimeSpan.FromHours(3), TimeSpan.FromHours(4));
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true };

    /// <summary>Transactions that brought the coordinator's first coins.</summary>
    public List<string> Faucets { get; } = [];

    /// <summary>Opens a competition, or finds the one that this folder began.</summary>
    public async Task<DemoStory> StoryAsync(CancellationToken cancellation)
    {
        if (File.Exists(folder.Story))
        {
            return Continue();
        }

        var start = (await chain.TipAsync(cancellation)).Height;
        var balances = await OpenNodesAsync(cancellation);
        var address = await api.WalletAddressAsync(cancellation);
        var coins = options.Escrow ? Coins + options.Players : Coins; // every escrow takes a coin of its own
        for (var coin = 0; coin < coins; coin++)
        {
            Faucets.Add(await chain.FaucetAsync(address, CoinSats, cancellation));
        }

        await chain.MineAsync(6, null, cancellation);
        log.Tell("funded", $"the coordinator's wallet has {coins} coins of {CoinSats} sat", ("coins", coins), ("sats", coins * CoinSats));
        var now = clock.GetUtcNow();
        var story = new DemoStory(
            Guid.CreateVersion7(now), options.Players, options.Places, options.Seed, options.End, options.Payout, options.Signing, options.Away, start,
            SigningDate(now).ToUnixTimeSeconds() + 86_400, balances, options.Chain)
        {
            Escrow = options.Escrow,
        };
        var terms = CompetitionTerms.Of(story.Competition, options.Players, options.Places, now, Dates);
        if (options.Escrow)
        {
            terms["escrow"] = true;
        }

        await api.CreateAsync(terms, cancellation);
        await File.WriteAllTextAsync(folder.Story, JsonSerializer.Serialize(new { story, faucets = Faucets }, Json), cancellation);
        log.Tell(
            "created", $"competition {story.Competition}: {options.Players} players, {options.Places} places, entry fee {CompetitionTerms.EntryFee} sat",
            ("competition", story.Competition.ToString()), ("players", options.Players), ("places", options.Places));
        return story;
    }

    private DemoStory Continue()
    {
        using var document = JsonDocument.Parse(File.ReadAllText(folder.Story));
        var story = document.RootElement.GetProperty("story").Deserialize<DemoStory>(Json) ?? throw new CommandFailedException($"{folder.Story} is empty");
        Faucets.AddRange(document.RootElement.GetProperty("faucets").EnumerateArray().Select(txid => txid.GetString()!));
        if (!story.IsOf(options))
        {
            throw new CommandFailedException(
                $"{folder.Root} holds another demo: --players {story.Players} --places {story.Places} --seed {story.Seed} "
                    + $"--end {story.End.ToString().ToLowerInvariant()} --payout {story.Payout.ToString().ToLowerInvariant()} "
                    + $"--signing {story.Signing.ToString().ToLowerInvariant()} --away {story.Away} --chain {story.Chain.ToString().ToLowerInvariant()}{(story.Escrow ? " --escrow" : "")}",
                exitCode: 2);
        }

        log.Tell("continued", $"competition {story.Competition} goes on from {folder.Root}", ("competition", story.Competition.ToString()));
        return story;
    }

    private async Task<Dictionary<string, long>> OpenNodesAsync(CancellationToken cancellation)
    {
        var balances = new Dictionary<string, long>(StringComparer.Ordinal)
        {
            [LightningWorld.CoordinatorNode] = (await lightning.NodeAsync(LightningWorld.CoordinatorNode, cancellation)).BalanceMsat,
        };
        for (var player = 0; player < options.Players; player++)
        {
            balances[LightningWorld.PlayerNode(player)] = await lightning.OpenAsync(LightningWorld.PlayerNode(player), PlayerSats, cancellation);
        }

        return balances;
    }

    private static DateTimeOffset SigningDate(DateTimeOffset now) => DateTimeOffset.FromUnixTimeSeconds(now.ToUnixTimeSeconds()) + Dates.Signing;
}
