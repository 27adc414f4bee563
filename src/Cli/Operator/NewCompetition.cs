using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Coordinator.Cli.Processes;

namespace Coordinator.Cli.Operator;

/// <summary><c>competitions create</c>: terms from options, or from a file with the body of the route.</summary>
internal sealed class NewCompetition
{
    private const int LargestFile = 262_144;

    private readonly Option<string?> _file = new("--file") { Description = "a file with the terms as JSON, or - for standard input; then no other term is taken" };
    private readonly Option<string?> _id = new("--id") { Description = "a UUID of version 7; a fresh one where left out. The same id again is the same competition" };
    private readonly Option<string?> _start = Date("--start", "when entries close and the weather counts");
    private readonly Option<string?> _end = Date("--end", "until when it counts");
    private readonly Option<string?> _signing = Date("--signing", "when the oracle attests");
    private readonly Option<string?> _locations = new("--locations") { Description = "stations, separated by commas" };
    private readonly Option<int?> _entries = new("--entries") { Description = "seats, 2 to 25" };
    private readonly Option<int?> _places = new("--places") { Description = "winners, 1 to 5 and fewer than seats" };
    private readonly Option<int?> _values = new("--values") { Description = "picks of an entry; three for each station where left out" };
    private readonly Option<long?> _fee = new("--entry-fee") { Description = "satoshis of one seat that go into the pool" };
    private readonly Option<int?> _percent = new("--fee-percent") { Description = "for the coordinator, on top of the entry fee" };
    private readonly Option<long?> _pool = new("--pool") { Description = "satoshis; entry fee times seats where left out" };
    private readonly Option<int?> _delta = new("--lock-time") { Description = "blocks of each of the contract's two waits; the network's default where left out" };
    private readonly Option<int?> _depth = new("--settlement-depth") { Description = "confirmations of the funding before tickets are settled" };
    private readonly Option<bool> _escrow = new("--escrow") { Description = "every ticket is backed by an output on chain until the pool is funded" };
    private readonly Option<int?> _refund = new("--escrow-refund-blocks") { Description = "blocks after which a player may take an escrow back alone" };

    public static Command Command(TimeProvider clock)
    {
        var (call, terms) = (new OperatorCall(), new NewCompetition());
        var command = new Command("create", "creates a competition; the same terms again change nothing");
        foreach (var option in terms.All)
        {
            command.Options.Add(option);
        }

        call.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var body = await terms.BodyAsync(parsed, Console.In, clock.GetUtcNow(), cancellation);
            try
            {
                var created = await call.SendAsync(parsed, HttpMethod.Post, "/api/v1/competitions", body, cancellation);
                await Console.Out.WriteLineAsync(parsed.GetValue(call.Json) ? created.GetRawText() : CompetitionText.Line(created, clock.GetUtcNow()));
                return 0;
            }
            catch (CommandFailedException failure) when (failure.IsUnclear)
            {
                throw new CommandFailedException($"{failure.Message}{Environment.NewLine}it may have been created; to be sure that there is one, repeat it with {Repeat(body)}");
            }
        });
        return command;
    }

    internal IReadOnlyList<Option> All =>
    [
        _file, _id, _start, _end, _signing, _locations, _entries, _places, _values, _fee, _percent, _pool, _delta, _depth, _escrow, _refund,
    ];

    /// <summary>The body of the request; what it means is for the service to judge.</summary>
    /// <exception cref="CommandFailedException">Something is missing, malformed or said twice (exit code 2).</exception>
    internal async Task<JsonObject> BodyAsync(ParseResult parsed, TextReader input, DateTimeOffset now, CancellationToken cancellation)
    {
        if (parsed.GetValue(_file) is { } file)
        {
            var said = All.Where(option => option != _file && parsed.GetResult(option) is { Implicit: false }).Select(option => option.Name).ToList();
            return said.Count == 0
                ? Read(file, file == "-" ? await input.ReadToEndAsync(cancellation) : FileText(file))
                : throw new CommandFailedException($"--file has all the terms: {string.Join(", ", said)} cannot be said beside it", 2);
        }

        return FromOptions(parsed, now);
    }

    private JsonObject FromOptions(ParseResult parsed, DateTimeOffset now)
    {
        var missing = new Option[] { _start, _end, _signing, _locations, _entries, _places, _fee, _percent }
            .Where(option => parsed.GetResult(option) is null or { Implicit: true }).Select(option => option.Name).ToList();
        if (missing.Count > 0)
        {
            throw new CommandFailedException($"{string.Join(", ", missing)} missing: every term of the competition, or --file", 2);
        }

        string[] stations = [.. parsed.GetValue(_locations)!.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];
        var (fee, entries) = (parsed.GetValue(_fee)!.Value, parsed.GetValue(_entries)!.Value);
        var body = new JsonObject
        {
            ["id"] = parsed.GetValue(_id) is { } id ? CompetitionsCommand.Id(id).ToString() : Guid.CreateVersion7(now).ToString(),
            ["signing_date"] = When(parsed, _signing, now),
            ["start_observation_date"] = When(parsed, _start, now),
            ["end_observation_date"] = When(parsed, _end, now),
            ["locations"] = new JsonArray([.. stations.Select(station => JsonValue.Create(station))]),
            ["number_of_values_per_entry"] = parsed.GetValue(_values) ?? stations.Length * 3,
            ["number_of_places_win"] = parsed.GetValue(_places),
            ["total_allowed_entries"] = entries,
            ["entry_fee"] = fee,
            ["coordinator_fee_percentage"] = parsed.GetValue(_percent),
            ["total_competition_pool"] = parsed.GetValue(_pool) ?? Product(fee, entries),
        };
        AddOptional(parsed, body);
        return body;
    }

    private void AddOptional(ParseResult parsed, JsonObject body)
    {
        foreach (var (option, member) in new[] { (_delta, "relative_locktime_block_delta"), (_depth, "settlement_depth"), (_refund, "escrow_refund_blocks") })
        {
            if (parsed.GetValue(option) is { } value)
            {
                body[member] = value;
            }
        }

        if (parsed.GetValue(_escrow))
        {
            body["escrow"] = true;
        }
    }

    private static long Product(long fee, int entries)
    {
        try
        {
            return checked(fee * entries);
        }
        catch (OverflowException)
        {
            throw new CommandFailedException($"--entry-fee {fee} times --entries {entries} is more than there are satoshis", 2);
        }
    }

    /// <summary>Terms as JSON: an object with an id; the rest is for the service.</summary>
    internal static JsonObject Read(string name, string text)
    {
        try
        {
            return JsonNode.Parse(text) is JsonObject terms
                ? terms["id"] is JsonValue value && value.TryGetValue<string>(out var id) && Guid.TryParseExact(id, "D", out _)
                    ? terms
                    : throw new CommandFailedException($"{name} has no competition id in its member id: without one a repetition would be another competition", 2)
                : throw new CommandFailedException($"{name} is no JSON object", 2);
        }
        catch (JsonException malformed)
        {
            throw new CommandFailedException($"{name} is no JSON: {malformed.Message}", 2);
        }
        catch (ArgumentException)
        {
            throw new CommandFailedException($"{name} has a member twice", 2);
        }
    }

    private static string FileText(string file)
    {
        try
        {
            var length = new FileInfo(file).Length;
            return length <= LargestFile ? File.ReadAllText(file) : throw new CommandFailedException($"--file '{file}' has {length} bytes: terms have at most {LargestFile}", 2);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException($"--file '{file}' cannot be read: {failure.Message}", 2);
        }
    }

    private static string When(ParseResult parsed, Option<string?> option, DateTimeOffset now)
        => Moments.Read(parsed.GetValue(option)!, now) is { } time
            ? time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)
            : throw new CommandFailedException(
                $"{option.Name} '{Wording.Clean(parsed.GetValue(option)!)}' is no time: 2026-01-31T12:00:00Z, or +90s, +30m, +4h, +2d from now", 2);

    private static string Repeat(JsonObject body)
        => $"--id {body["id"]} and dates as they were: --start {body["start_observation_date"]} --end {body["end_observation_date"]} --signing {body["signing_date"]}";

    private static Option<string?> Date(string name, string what) => new(name) { Description = $"{what}: 2026-01-31T12:00:00Z, or +4h from now" };
}
