using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Coordinator.Cli.Processes;

namespace Coordinator.Cli.Operator;

/// <summary><c>wallet</c>: the coordinator's coins over the operators' listener.</summary>
internal static class WalletCommand
{
    private const string Path = "/api/v1/wallet/";

    /// <summary>A sync that does not end after so many parts never does.</summary>
    private const int MostParts = 20_000;

    public static Command Create() => new("wallet", "the coordinator's coins")
    {
        Show("address", "the next address that nobody has paid to", AddressText),
        Show("balance", "satoshis by kind; what is reserved is part of the other kinds", BalanceText),
        Show("fees", "what a transaction costs now, by blocks until it confirms", FeesText),
        Outputs(), Sync(), Send(), Sweep(), Bump(),
    };

    private static Command Show(string name, string what, Func<JsonElement, IEnumerable<string>> text)
    {
        var call = new OperatorCall();
        var command = new Command(name, what);
        call.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var route = name == "fees" ? "estimated_fees" : name;
            return await PrintAsync(parsed, call, await call.SendAsync(parsed, HttpMethod.Get, Path + route, null, cancellation), text);
        });
        return command;
    }

    private static Command Outputs()
    {
        var call = new OperatorCall();
        var all = new Option<bool>("--all") { Description = "spent ones too" };
        var command = new Command("list-utxos", "every unspent output, and which payment it is reserved for") { all };
        call.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var answer = await call.SendAsync(parsed, HttpMethod.Get, Path + "outputs", null, cancellation);
            var shown = answer.GetProperty("outputs").EnumerateArray().Where(output => parsed.GetValue(all) || !output.GetProperty("is_spent").GetBoolean()).ToList();
            return await PrintAsync(parsed, call, JsonSerializer.SerializeToElement(shown), _ => OutputsText(shown));
        });
        return command;
    }

    private static Command Sync()
    {
        var call = new OperatorCall();
        var command = new Command("sync", "looks at every address of the wallet again; tells on standard error how far it is");
        call.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var part = default(JsonElement);
            for (var parts = 0; parts < MostParts; parts++)
            {
                var body = new JsonObject { ["anew"] = parts == 0, ["most"] = 200 };
                part = await call.SendAsync(parsed, HttpMethod.Post, Path + "sync", body, cancellation);
                if (part.GetProperty("complete").GetBoolean())
                {
                    return await PrintAsync(parsed, call, part, SyncText);
                }

                await Console.Error.WriteLineAsync(string.Join(' ', SyncText(part)));
            }

            throw new CommandFailedException($"the wallet has more than {part.GetProperty("asked")} addresses");
        });
        return command;
    }

    private static Command Send()
    {
        var (call, wishes) = (new OperatorCall(), new SendWishes());
        var to = new Argument<string>("address") { Description = "whom to pay" };
        var amount = new Argument<long>("sats") { Description = "how much" };
        var command = new Command("send", "pays an address out of free, confirmed coins") { to, amount };
        wishes.AddTo(command);
        call.AddTo(command);
        command.SetAction(async (parsed, cancellation)
            => await SendAsync(parsed, call, wishes.Body(parsed, parsed.GetValue(to)!, parsed.GetValue(amount)), cancellation));
        return command;
    }

    private static Command Sweep()
    {
        var (call, wishes) = (new OperatorCall(), new SendWishes());
        var to = new Argument<string>("address") { Description = "where it goes" };
        var command = new Command("sweep", "sends everything that is free and confirmed; what is reserved stays") { to };
        wishes.AddTo(command);
        call.AddTo(command);
        command.SetAction(async (parsed, cancellation) => await SendAsync(parsed, call, wishes.Body(parsed, parsed.GetValue(to)!, null), cancellation));
        return command;
    }

    private static Command Bump()
    {
        var call = new OperatorCall();
        var payment = new Argument<string>("payment") { Description = "a send that waits: its request id or txid" };
        var rate = new Option<int?>("--rate") { Description = "sat/vB that both together are to pay; the one-block estimate where left out" };
        var fee = new Option<long?>("--max-fee") { Description = "satoshis that the child may cost" };
        var command = new Command("bump", "a child on its change pays for a send that waits") { payment, rate, fee };
        call.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var body = new JsonObject { ["payment"] = parsed.GetValue(payment), ["sat_per_vbyte"] = parsed.GetValue(rate), ["max_fee"] = parsed.GetValue(fee) };
            return await PrintAsync(parsed, call, await call.SendAsync(parsed, HttpMethod.Post, Path + "bump", body, cancellation), BumpText);
        });
        return command;
    }

    private static async Task<int> SendAsync(ParseResult parsed, OperatorCall call, JsonObject body, CancellationToken cancellation)
    {
        try
        {
            var sent = await call.SendAsync(parsed, HttpMethod.Post, Path + "send", body, cancellation);
            return await PrintAsync(parsed, call, sent, answer => [answer.GetProperty("txid").GetString()!]);
        }
        catch (CommandFailedException failure) when (failure.IsUnclear)
        {
            throw new CommandFailedException($"{failure.Message}{Environment.NewLine}to be sure that it is paid once, repeat it with --request-id {body["request_id"]}");
        }
    }

    private static async Task<int> PrintAsync(ParseResult parsed, OperatorCall call, JsonElement answer, Func<JsonElement, IEnumerable<string>> text)
    {
        await Console.Out.WriteLineAsync(parsed.GetValue(call.Json) ? answer.GetRawText() : string.Join(Environment.NewLine, text(answer)));
        return 0;
    }

    private static IEnumerable<string> AddressText(JsonElement answer) => [answer.GetProperty("address").GetString()!];

    private static IEnumerable<string> BalanceText(JsonElement answer)
        => answer.EnumerateObject().Select(kind => string.Create(CultureInfo.InvariantCulture, $"{kind.Name,-17} {kind.Value.GetInt64(),16:N0} sat"));

    private static IEnumerable<string> FeesText(JsonElement answer) => answer.GetProperty("fee_estimates").EnumerateObject()
        .Select(target => string.Create(CultureInfo.InvariantCulture, $"{target.Name,4} blocks {target.Value.GetDecimal(),10} sat/vB"));

    private static IEnumerable<string> SyncText(JsonElement part)
        => [$"{part.GetProperty("asked")} addresses, {part.GetProperty("used")} of them used, {part.GetProperty("outputs")} outputs, as of block {part.GetProperty("height")}"];

    private static IEnumerable<string> BumpText(JsonElement child)
        => [$"{child.GetProperty("txid").GetString()}, {child.GetProperty("fee")} sat{(child.GetProperty("limit").GetString() is { } limit ? $"; {limit}" : "")}"];

    private static IEnumerable<string> OutputsText(List<JsonElement> outputs)
    {
        foreach (var output in outputs)
        {
            var height = output.GetProperty("chain_position").GetProperty("height");
            var place = $"{output.GetProperty("keychain").GetString()}/{output.GetProperty("derivation_index")}";
            var state = output.GetProperty("is_spent").GetBoolean() ? "spent"
                : output.GetProperty("reserved_by").GetString() is { } owner ? $"reserved for {owner}"
                : height.ValueKind == JsonValueKind.Null ? "unconfirmed"
                : "free";
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"{output.GetProperty("outpoint").GetString()} {output.GetProperty("txout").GetProperty("value").GetInt64(),15:N0} sat  {place,-14} {(height.ValueKind == JsonValueKind.Null ? "-" : height.ToString()),7}  {state}");
        }

        yield return $"{outputs.Count} outputs";
    }

    /// <summary>What every payment may be told.</summary>
    private sealed class SendWishes
    {
        private readonly Option<string?> _from = new("--from") { Description = "spend only what this address of the wallet holds" };
        private readonly Option<long?> _fee = new("--max-fee") { Description = "satoshis; refused where it would cost more" };
        private readonly Option<string?> _id = new("--request-id") { Description = "the same id is the same payment; a new one is made where left out" };

        public void AddTo(Command command)
        {
            command.Options.Add(_from);
            command.Options.Add(_fee);
            command.Options.Add(_id);
        }

        public JsonObject Body(ParseResult parsed, string to, long? amount) => new()
        {
            ["request_id"] = parsed.GetValue(_id) ?? Guid.CreateVersion7(TimeProvider.System.GetUtcNow()).ToString("D"),
            ["address_to"] = to,
            ["address_from"] = parsed.GetValue(_from),
            ["amount"] = amount,
            ["max_fee"] = parsed.GetValue(_fee),
        };
    }
}
