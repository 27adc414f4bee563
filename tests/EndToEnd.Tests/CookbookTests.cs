using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Coordinator.Bitcoin;
using Coordinator.Nostr;
using Coordinator.Testing;

namespace Coordinator.EndToEnd.Tests;

/// <summary>The cookbook, <c>docs/http.http</c>, request by request against <c>up</c>, as its reader would send it.</summary>
public sealed partial class CookbookTests
{
    private const int MostTries = 40;
    private static readonly SecretKey Alice = SecretKey.From(Hex.Decode(new string('1', 64)));

    [Fact]
    public async Task Every_request_of_the_cookbook_is_answered_as_it_says()
    {
        var recipes = Read();
        Assert.InRange(recipes.Count, 20, 60);
        await using var world = await UpWorld.StartAsync();
        var values = Values(world);
        foreach (var recipe in recipes)
        {
            if (recipe.Body?.Contains("{{keymeld_auth_pubkey}}", StringComparison.Ordinal) == true)
            {
                await LeaveKeyAsync(values);
            }

            var body = await SendAsync(world, recipe, values);
            foreach (var (name, member) in recipe.Keeps)
            {
                values[name] = member.Split('.').Aggregate(JsonDocument.Parse(body).RootElement, (node, part) => node.GetProperty(part)).ToString();
            }
        }
    }

    [Fact]
    public void The_cookbook_names_no_variable_that_it_does_not_explain()
    {
        var text = File.ReadAllText(CookbookFile);
        var explained = Definition().Matches(text).Concat(Keep().Matches(text)).Select(match => match.Groups["name"].Value)
            .Concat(["start", "end", "signing"]).ToHashSet(StringComparer.Ordinal);
        Assert.Equal([], Variable().Matches(text).Select(match => match.Groups["name"].Value).Distinct().Where(name => !explained.Contains(name)));
    }

    private static string CookbookFile => Path.GetFullPath(Path.Combine(VectorFiles.Path(), "..", "..", "docs", "http.http"));

    private static List<Recipe> Read()
        => [.. File.ReadAllText(CookbookFile).Split("\n### ").Skip(1).Select(Recipe.Parse)];

    private static Dictionary<string, string> Values(UpWorld world)
    {
        var now = TimeProvider.System.GetUtcNow();
        return new(StringComparer.Ordinal)
        {
            ["public"] = world.Public.AbsoluteUri.TrimEnd('/'),
            ["operator"] = world.Operator.AbsoluteUri.TrimEnd('/'),
            ["lnd_control"] = world.Simulator("lnd_control").AbsoluteUri.TrimEnd('/'),
            ["token"] = world.Token,
            ["competition_id"] = Guid.CreateVersion7(now).ToString(),
            ["entry_key"] = Alice.PublicKey.ToHex(),
            ["npub"] = Nip19.EncodePublicKey(Alice.XOnly),
            ["start"] = now.AddMinutes(20).ToString("yyyy-MM-ddTHH:mm:ssZ", null),
            ["end"] = now.AddHours(3).ToString("yyyy-MM-ddTHH:mm:ssZ", null),
            ["signing"] = now.AddHours(4).ToString("yyyy-MM-ddTHH:mm:ssZ", null),
        };
    }

    /// <summary>By the command that the cookbook names.</summary>
    private static async Task LeaveKeyAsync(Dictionary<string, string> values)
    {
        var printed = await NodeClient.RunAsync("keymeld-seat.mjs", new
        {
            entry_hex = Hex.Encode(Alice.ToBytes()),
            keymeld_session_id = values["keymeld_session_id"],
            keymeld_enclave_public_key = values["keymeld_enclave_public_key"],
        });
        foreach (var member in JsonDocument.Parse(printed).RootElement.EnumerateObject())
        {
            values[member.Name] = member.Value.GetString()!;
        }
    }

    /// <summary>Sends a request until it is answered as it should be: what comes before may take effect a moment later.</summary>
    private static async Task<string> SendAsync(UpWorld world, Recipe recipe, Dictionary<string, string> values)
    {
        for (var attempt = 0; ; attempt++)
        {
            using var request = recipe.Request(values);
            var (status, body) = await world.SendAsync(request);
            if (status == recipe.Status)
            {
                return body;
            }

            Assert.True(attempt < MostTries, $"{recipe.Title}: {status} instead of {recipe.Status}: {body}");
            await Task.Delay(TimeSpan.FromMilliseconds(250), TimeProvider.System);
        }
    }

    [GeneratedRegex("""^@(?<name>[a-z_]+) = """, RegexOptions.Multiline | RegexOptions.ExplicitCapture, 60_000)]
    private static partial Regex Definition();

    [GeneratedRegex("""^# (?<name>[a-z_]+) = (?<member>[a-z_.]+)$""", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 60_000)]
    private static partial Regex Keep();

    [GeneratedRegex("""\{\{(?<name>[a-z_]+)\}\}""", RegexOptions.ExplicitCapture, 60_000)]
    private static partial Regex Variable();

    [GeneratedRegex("""^# -> (?<status>\d{3})$""", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 60_000)]
    private static partial Regex Expectation();

    /// <summary>One request of the file.</summary>
    private sealed record Recipe(string Title, int Status, string Method, string Url, string? Authorization, string? Body, IReadOnlyList<(string Name, string Member)> Keeps)
    {
        public static Recipe Parse(string text)
        {
            var (head, body) = text.Split("\n\n", 2) is [var one, var two] ? (one, two.Trim()) : (text, string.Empty);
            var lines = head.Split('\n');
            var request = lines.Single(line => line.Contains(" {{", StringComparison.Ordinal) && !line.StartsWith('#') && !line.StartsWith("Authorization", StringComparison.Ordinal)).Split(' ');
            return new(
                lines[0],
                int.Parse(Expectation().Match(head).Groups["status"].Value, null),
                request[0],
                request[1],
                lines.FirstOrDefault(line => line.StartsWith("Authorization: ", StringComparison.Ordinal))?["Authorization: ".Length..],
                body.Length == 0 ? null : body,
                [.. Keep().Matches(head).Select(match => (match.Groups["name"].Value, match.Groups["member"].Value))]);
        }

        public HttpRequestMessage Request(Dictionary<string, string> values)
        {
            var (url, body) = (Fill(Url, values), Body is null ? null : Fill(Body, values));
            var request = new HttpRequestMessage(new HttpMethod(Method), url);
            if (body is not null)
            {
                request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
                request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            }

            if (Authorization is not null)
            {
                var header = Authorization == "{{signature}}"
                    ? Nip98Header.Create(Alice, url, Method, Encoding.UTF8.GetBytes(body ?? string.Empty), TimeProvider.System.GetUtcNow())
                    : Fill(Authorization, values);
                request.Headers.TryAddWithoutValidation("Authorization", header);
            }

            return request;
        }

        private static string Fill(string text, Dictionary<string, string> values)
            => Variable().Replace(text, match => values[match.Groups["name"].Value]);
    }
}
