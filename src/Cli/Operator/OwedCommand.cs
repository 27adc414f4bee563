using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Coordinator.Cli.Operator;

/// <summary><c>owed</c>: shares that their winners have not taken, and the operator's word that one may be taken back.</summary>
internal static class OwedCommand
{
    public static Command Create(TimeProvider clock) => new("owed", "shares that their winners have not taken") { List(), Release(clock) };

    /// <summary>A table of the shares.</summary>
    internal static string Text(IReadOnlyCollection<JsonElement> shares)
    {
        if (shares.Count == 0)
        {
            return "nothing is owed";
        }

        var table = new TextTable(
            new("COMPETITION"), new("ENTRY"), new("SAT", 18, true), new("WAY", 12), new("PAYABLE UNTIL", 13, true), new("CLAIMABLE FROM", 14, true),
            new("TAKEN BACK FROM", 15, true));
        foreach (var share in shares)
        {
            table.Add(
                Wording.Text(share, "competition_id"), Wording.Text(share, "entry_id"), Wording.Sats(Wording.Number(share, "sats") ?? 0), Wording.Text(share, "way"),
                Wording.Text(share, "payable_until_height"), Wording.Text(share, "claimable_from_height"), Wording.Text(share, "reclaimable_from_height") ?? "never");
        }

        var sum = Wording.Sats(shares.Sum(share => Wording.Number(share, "sats") ?? 0));
        return string.Join(
            Environment.NewLine,
            table.Lines().Append($"{shares.Count.ToString(CultureInfo.InvariantCulture)} shares, {sum} sat; heights are blocks; `cli owed release COMPETITION ENTRY` lets one be taken back"));
    }

    private static Command List()
    {
        var call = new OperatorCall();
        var command = new Command("list", "every share, which way it can be had, and until when");
        call.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var owed = await call.SendAsync(parsed, HttpMethod.Get, "/api/v1/owed", null, cancellation);
            await Console.Out.WriteLineAsync(parsed.GetValue(call.Json) ? owed.GetRawText() : Text([.. owed.EnumerateArray()]));
            return 0;
        });
        return command;
    }

    private static Command Release(TimeProvider clock)
    {
        var call = new OperatorCall();
        var id = new Argument<string>("id") { Description = "the competition" };
        var entry = new Argument<string>("entry") { Description = "the winner's entry" };
        var command = new Command("release", "lets the coordinator take an unpaid winner's share back once its time is over; safe to repeat") { id, entry };
        call.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var (competition, winner) = (CompetitionsCommand.Id(parsed.GetValue(id)!), CompetitionsCommand.Id(parsed.GetValue(entry)!, "entry id"));
            var answer = await call.SendAsync(
                parsed, HttpMethod.Post, $"/api/v1/competitions/{competition}/entries/{winner}/release_share", new JsonObject(), cancellation);
            await Console.Out.WriteLineAsync(parsed.GetValue(call.Json)
                ? answer.GetRawText()
                : $"the share of entry {winner} is released; {CompetitionText.Line(answer, clock.GetUtcNow())}");
            return 0;
        });
        return command;
    }
}
