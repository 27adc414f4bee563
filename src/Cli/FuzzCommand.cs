using System.CommandLine;
using System.Security.Cryptography;
using Coordinator.Cli.Fuzz;

namespace Coordinator.Cli;

/// <summary><c>fuzz</c>: random and mutated input into what strangers reach.</summary>
internal static class FuzzCommand
{
    public static Command Create(TimeProvider clock)
    {
        var count = new Option<long>("--count") { Description = "how many requests", DefaultValueFactory = _ => 20_000 };
        var seed = new Option<ulong?>("--seed") { Description = "the same seed sends the same requests; a random one where left out" };
        var only = new Option<long?>("--only") { Description = "only the request of this number" };
        count.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && (!long.TryParse(result.Tokens[0].Value, out var value) || value is < 1 or > 100_000_000))
            {
                result.AddError("--count takes 1 to 100000000");
            }
        });
        var http = new Command("http", "requests to a real service on loopback; fails at a 5xx, a hang or growing memory") { count, seed, only };
        http.SetAction((parsed, cancellation) => HttpFuzz.RunAsync(
            parsed.GetValue(count),
            parsed.GetValue(seed) ?? BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(4)),
            parsed.GetValue(only),
            clock,
            cancellation));
        return new Command("fuzz", "random and mutated input") { http };
    }
}
