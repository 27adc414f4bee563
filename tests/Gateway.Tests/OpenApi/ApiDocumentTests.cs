using System.Text.Json;
using System.Text.RegularExpressions;
using Coordinator.Gateway.Errors;
using Coordinator.Gateway.OpenApi;
using Coordinator.Gateway.Tests.Conformance;
using Coordinator.Gateway.Tests.World;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Coordinator.Gateway.Tests.OpenApi;

/// <summary>The documents say what is so: all of it, and nothing else.</summary>
public sealed class ApiDocumentTests
{
    private static readonly JsonElement Players = JsonDocument.Parse(ApiDocument.Of(ListenerKind.Public)).RootElement;
    private static readonly JsonElement Operators = JsonDocument.Parse(ApiDocument.Of(ListenerKind.Operator)).RootElement;

    public static TheoryData<bool, string> Operations
    {
        get
        {
            var data = new TheoryData<bool, string>();
            foreach (var (document, isPublic) in new[] { (Players, true), (Operators, false) })
            {
                foreach (var operation in Of(document))
                {
                    data.Add(isPublic, operation.Id);
                }
            }

            return data;
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Every_mapped_route_is_described_and_every_described_one_is_mapped(bool isPublic)
    {
        using var app = WebApplication.CreateSlimBuilder().Build() as IDisposable;
        IEndpointRouteBuilder routes = (WebApplication)app!;
        (isPublic ? (Action<IEndpointRouteBuilder>)GatewayEndpoints.MapPublic : GatewayEndpoints.MapOperator)(routes);
        var mapped = routes.DataSources.SelectMany(source => source.Endpoints).Cast<RouteEndpoint>()
            .SelectMany(route => route.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Select(method => $"{method} {route.RoutePattern.RawText}"));
        Assert.Equal(mapped.Order(), Of(isPublic ? Players : Operators).Select(operation => $"{operation.Method} {operation.Path}").Order());
    }

    [Theory]
    [MemberData(nameof(Rows.Numbers), MemberType = typeof(Rows))]
    public async Task A_rows_request_and_answer_fit_their_schemas(int number)
    {
        var row = Rows.Of(number);
        var document = row.Door == Door.Token ? Operators : Players;
        var operation = OperationOf(document, row);
        var check = new SchemaCheck(document);
        if (row.Body is not null)
        {
            // Members that the service ignores are there on purpose.
            var body = JsonDocument.Parse(row.Body).RootElement;
            var schema = Content(operation.Json.GetProperty("requestBody")).GetProperty("schema");
            Assert.Equal([], check.Complaints(body, schema).Except(["$.unknown is not in the schema"]));
        }

        await using var world = await GatewayWorld.StartAsync();
        var answer = await world.SendAsync(row.Request(world));
        var response = operation.Json.GetProperty("responses").GetProperty(row.Status.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(answer.Body.Length > 0, response.TryGetProperty("content", out _));
        if (answer.Body.Length > 0)
        {
            Assert.Empty(check.Complaints(JsonDocument.Parse(answer.Body).RootElement, Content(response).GetProperty("schema")));
        }
    }

    [Theory]
    [InlineData("ticket_keymeld.json", "Ticket")]
    [InlineData("contract_keymeld.json", "Contract")]
    [InlineData("competition_late.json", "Competition")]
    public void Answers_that_hold_more_fit_too(string file, string schema)
        => Assert.Equal([], new SchemaCheck(Players).Complaints(
            JsonDocument.Parse(Golden.Read(file)).RootElement, Players.GetProperty("components").GetProperty("schemas").GetProperty(schema)));

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task An_example_can_be_sent_as_it_is_and_every_answers_example_fits(bool isPublic, string id)
    {
        var document = isPublic ? Players : Operators;
        var (method, path, _, operation) = Of(document).Single(one => one.Id == id);
        var check = new SchemaCheck(document);
        foreach (var response in operation.GetProperty("responses").EnumerateObject().Where(response => response.Value.TryGetProperty("content", out _)))
        {
            var content = Content(response.Value);
            var examples = content.TryGetProperty("example", out var one) ? [one] : content.GetProperty("examples").EnumerateObject().Select(named => named.Value.GetProperty("value"));
            Assert.Empty(examples.SelectMany(example => check.Complaints(example, content.GetProperty("schema"))).Select(line => $"{response.Name} {line}"));
        }

        var body = operation.TryGetProperty("requestBody", out var request) ? Content(request).GetProperty("example").GetRawText() : null;
        var secured = operation.TryGetProperty("security", out var security) ? security.GetArrayLength() > 0 : !isPublic;
        var row = new Row(0, method, Fill(path, operation), !isPublic ? Door.Token : secured ? Door.Signed : Door.Open, body, 0, "");
        await using var world = await GatewayWorld.StartAsync();
        var answer = await world.SendAsync(row.Request(world));
        Assert.True(operation.GetProperty("responses").EnumerateObject().First().Name == $"{answer.Status}", $"{id}: {answer.Status} {answer.Body}");
    }

    [Fact]
    public void Every_refusal_of_the_table_is_in_some_operation()
    {
        var described = Of(Players).Concat(Of(Operators)).SelectMany(operation => CodesOf(operation.Json).Select(pair => pair.Code)).ToHashSet();
        Assert.Empty(ErrorRows.All.Select(row => row.Code).Except(described).Except(ApiDocument.OfNoOperation));
    }

    [Theory]
    [MemberData(nameof(RefusalTests.Refusals), MemberType = typeof(RefusalTests))]
    public void A_refusal_of_the_conformance_suite_is_described_with_its_status(int number, string kind, string code)
    {
        var row = Rows.Of(number);
        Assert.Contains((code, RefusalTests.StatusOf(kind, code)), CodesOf(OperationOf(row.Door == Door.Token ? Operators : Players, row).Json));
    }

    [Fact]
    public void Every_operation_has_a_name_of_its_own_a_summary_and_every_schema_a_use()
    {
        foreach (var document in new[] { Players, Operators })
        {
            var operations = Of(document).ToList();
            Assert.Equal(operations.Count, operations.Select(operation => operation.Id).Distinct().Count());
            Assert.All(operations, operation => Assert.NotEmpty(operation.Json.GetProperty("summary").GetString()!));
            var text = document.GetRawText();
            Assert.All(
                document.GetProperty("components").GetProperty("schemas").EnumerateObject(),
                schema => Assert.Contains($"schemas/{schema.Name}\"", text, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task The_document_is_served_and_revalidated()
    {
        await using var world = await GatewayWorld.StartAsync();
        var first = await world.SendAsync(world.Unsigned("GET", "/openapi/v1.json"));
        Assert.Equal((200, "application/json"), (first.Status, first.Headers["Content-Type"]));
        Assert.Equal("3.1.0", JsonDocument.Parse(first.Body).RootElement.GetProperty("openapi").GetString());
        var again = world.Unsigned("GET", "/openapi/v1.json");
        again.Headers.TryAddWithoutValidation("If-None-Match", first.Headers["ETag"]);
        Assert.Equal(304, (await world.SendAsync(again)).Status);
    }

    private static JsonElement Content(JsonElement owner) => owner.GetProperty("content").EnumerateObject().Single().Value;

    private static IEnumerable<(string Method, string Path, string Id, JsonElement Json)> Of(JsonElement document)
        => document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject().Select(operation =>
            (operation.Name.ToUpperInvariant(), path.Name, operation.Value.GetProperty("operationId").GetString()!, operation.Value)));

    private static (string Method, string Path, string Id, JsonElement Json) OperationOf(JsonElement document, Row row)
        => Of(document).Single(operation => operation.Method == row.Method
            && Regex.IsMatch(row.Path, "^" + Regex.Replace(operation.Path, "{[a-z_]+}", "[0-9a-f-]{36}", RegexOptions.None, TimeSpan.FromMinutes(1)) + "$", RegexOptions.None, TimeSpan.FromMinutes(1)));

    private static IEnumerable<(string Code, int Status)> CodesOf(JsonElement operation)
        => operation.GetProperty("responses").EnumerateObject()
            .Where(response => response.Value.TryGetProperty("content", out var content) && content.TryGetProperty(ErrorBody.ContentType, out _))
            .SelectMany(response => Content(response.Value).GetProperty("examples").EnumerateObject()
                .Select(example => (example.Name, int.Parse(response.Name, System.Globalization.CultureInfo.InvariantCulture))));

    /// <summary>The path and query with the parameters' examples.</summary>
    private static string Fill(string path, JsonElement operation)
    {
        var parameters = operation.TryGetProperty("parameters", out var list) ? list.EnumerateArray().Where(one => one.TryGetProperty("example", out _)).ToList() : [];
        var query = parameters.Where(one => one.GetProperty("in").GetString() == "query")
            .Select(one => $"{one.GetProperty("name").GetString()}={Uri.EscapeDataString(one.GetProperty("example").ToString())}").ToList();
        var filled = parameters.Where(one => one.GetProperty("in").GetString() == "path")
            .Aggregate(path, (text, one) => text.Replace("{" + one.GetProperty("name").GetString() + "}", one.GetProperty("example").GetString(), StringComparison.Ordinal));
        return query.Count == 0 ? filled : $"{filled}?{string.Join('&', query)}";
    }
}
