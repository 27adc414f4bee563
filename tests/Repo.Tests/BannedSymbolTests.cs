using Coordinator.Repo.Tests.Source;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Coordinator.Repo.Tests;

/// <summary>
/// What no code may call, found in the text: the analyzers know more (BannedSymbols.txt), but run in one command only. A call that a
/// pragma allows with its reason stays allowed here.
/// </summary>
public sealed class BannedSymbolTests
{
    private static readonly Dictionary<string, string> Everywhere = new(StringComparer.Ordinal)
    {
        ["DateTime.Now"] = "take a TimeProvider",
        ["DateTime.UtcNow"] = "take a TimeProvider",
        ["DateTime.Today"] = "take a TimeProvider",
        ["DateTimeOffset.Now"] = "take a TimeProvider",
        ["DateTimeOffset.UtcNow"] = "take a TimeProvider",
        ["Guid.NewGuid"] = "ids come from an injected source",
        ["Random.Shared"] = "use RandomNumberGenerator, or a seeded source in tests",
        ["Thread.Sleep"] = "wait for what you wait for",
        ["JsonSerializerOptions.Default"] = "use the project's own options",
    };

    private static readonly Dictionary<string, string> InTurns = new(StringComparer.Ordinal)
    {
        ["Task.Run"] = "a grain's code stays in its turn",
        ["Task.Factory"] = "a grain's code stays in its turn",
        ["Parallel.For"] = "one thing at a time: the same seed must give the same run",
        ["Parallel.ForEach"] = "one thing at a time: the same seed must give the same run",
        ["Parallel.ForEachAsync"] = "one thing at a time: the same seed must give the same run",
        ["Parallel.Invoke"] = "one thing at a time: the same seed must give the same run",
        ["TimeProvider.System"] = "take the injected TimeProvider",
        ["RandomNumberGenerator.GetBytes"] = "take the injected entropy",
        ["RandomNumberGenerator.Fill"] = "take the injected entropy",
    };

    private static readonly string[] Simulated = ["Grains", "Competitions"];
    private static readonly string[] ReadsTheEnvironment = ["Silo", "Gateway", "Cli", "Players", "Simulators"];

    [Fact]
    public void Nothing_reads_an_ambient_clock_id_or_random_source() => Rule.Holds(Tree.Code.SelectMany(file => Accesses(file, Everywhere)));

    [Fact]
    public void Nothing_is_made_that_hides_a_clock_or_a_connection() => Rule.Holds(Tree.Code.SelectMany(Constructions));

    [Fact]
    public void Waits_name_their_clock() => Rule.Holds(Tree.Code.SelectMany(Waits));

    [Fact]
    public void Grains_and_rules_stay_in_their_turn()
        => Rule.Holds(Simulations.SelectMany(file => Accesses(file, InTurns)).Concat(
            from file in Simulations
            from call in file.Nodes<InvocationExpressionSyntax>()
            where call.Expression is MemberAccessExpressionSyntax { Name.Identifier.Text: "ConfigureAwait" }
                && call.ArgumentList.Arguments is [{ Expression.RawKind: (int)SyntaxKind.FalseLiteralExpression }]
            select $"{file.At(call)}: ConfigureAwait(false); a grain goes on in its turn"));

    [Fact]
    public void Grains_and_rules_have_no_static_state()
        => Rule.Holds(
            from file in Simulations
            from field in file.Nodes<FieldDeclarationSyntax>()
            where field.Modifiers.Any(SyntaxKind.StaticKeyword)
            let type = field.Declaration.Type.ToString()
            where !field.Modifiers.Any(SyntaxKind.ReadOnlyKeyword) || type.Contains("Concurrent", StringComparison.Ordinal)
                || type.Contains("ConditionalWeakTable", StringComparison.Ordinal) || type.Contains("Cache", StringComparison.Ordinal)
            select $"{file.At(field)}: a static that changes outlives a silo; keep it in a grain or a service");

    /// <summary>
    /// The handler asks a new connection's socket for its address: where the other side was killed a moment ago that throws what the socket says, as it is
    /// (.NET 10). Rare, and whoever does not catch it takes a dead server for a fault of its own.
    /// </summary>
    [Fact]
    public void Whoever_catches_a_failed_request_catches_the_socket_s_own_exception_too()
        => Rule.Holds(
            from file in Tree.Code
            from clause in file.Nodes<CatchClauseSyntax>()
            let text = $"{clause.Declaration} {clause.Filter}"
            where text.Contains("HttpRequestException", StringComparison.Ordinal) && !text.Contains("BadHttpRequestException", StringComparison.Ordinal)
                && !text.Contains("HttpRequestError", StringComparison.Ordinal) && !text.Contains("SocketException", StringComparison.Ordinal)
            select $"{file.At(clause)}: catch SocketException, too");

    [Fact]
    public void The_environment_is_read_by_hosts_only()
        => Rule.Holds(
            from file in Tree.Product
            where !ReadsTheEnvironment.Contains(file.Project)
            from access in file.Nodes<MemberAccessExpressionSyntax>()
            where NameOf(access) is "Environment.GetEnvironmentVariable" or "Environment.GetEnvironmentVariables"
            select $"{file.At(access)}: take an option; only {string.Join(", ", ReadsTheEnvironment)} read the environment");

    [Fact]
    public void Every_suppressed_warning_says_why()
        => Rule.Holds(
            from file in Tree.Code
            from line in file.Text.Split('\n').Index()
            let text = line.Item.Trim()
            where text.StartsWith("#pragma warning disable", StringComparison.Ordinal) && !text.Contains("//", StringComparison.Ordinal)
            select $"{file.Path}:{line.Index + 1}: add the reason after //, or put right what the analyzer found");

    [Theory]
    [InlineData("var now = DateTimeOffset.UtcNow;", "DateTimeOffset.UtcNow")]
    [InlineData("var now = System.DateTime.Now;", "DateTime.Now")]
    [InlineData("var id = Guid.NewGuid();", "Guid.NewGuid")]
    [InlineData("var id = Random.Shared.Next();", "Random.Shared")]
    [InlineData("var random = new Random(7);", "new Random")]
    [InlineData("var http = new HttpClient();", "new HttpClient")]
    [InlineData("var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));", "new PeriodicTimer")]
    [InlineData("await Task.Delay(10);", "Task.Delay")]
    [InlineData("await Task.Delay(10, cancellation);", "Task.Delay")]
    public void A_banned_call_would_be_found(string statement, string name)
    {
        var file = CodeFile.Parse("src/A/B.cs", $"class B {{ async Task M(CancellationToken cancellation) {{ {statement} }} }}");
        var found = Accesses(file, Everywhere).Concat(Constructions(file)).Concat(Waits(file));
        Assert.Contains(name, Assert.Single(found), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("await Task.Delay(wait, clock);")]
    [InlineData("await Task.Delay(wait, clock, cancellation);")]
    [InlineData("var http = new HttpClient(handler);")]
    [InlineData("var now = clock.GetUtcNow();")]
    public void A_call_that_names_its_source_is_free(string statement)
    {
        var file = CodeFile.Parse("src/A/B.cs", $"class B {{ async Task M(CancellationToken cancellation) {{ {statement} }} }}");
        Assert.Empty(Accesses(file, Everywhere).Concat(Constructions(file)).Concat(Waits(file)));
    }

    private static IEnumerable<CodeFile> Simulations => Tree.Product.Where(file => Simulated.Contains(file.Project));

    private static IEnumerable<string> Accesses(CodeFile file, Dictionary<string, string> banned)
        => from access in file.Nodes<MemberAccessExpressionSyntax>()
           let name = NameOf(access)
           where name is not null && banned.ContainsKey(name) && !IsAllowed(file, access)
           select $"{file.At(access)}: {name}; {banned[name]}";

    private static IEnumerable<string> Constructions(CodeFile file)
        => from made in file.Nodes<ObjectCreationExpressionSyntax>()
           let type = made.Type.ToString().Split('.')[^1]
           let arguments = made.ArgumentList?.Arguments.Count ?? 0
           let advice = (type, arguments) switch
           {
               ("Random", _) => "use RandomNumberGenerator, or a seeded source in tests",
               ("HttpClient", 0) => "take an HttpClient from its owner",
               ("PeriodicTimer", 1) => "use the constructor with a TimeProvider",
               ("Timer", _) => "use TimeProvider.CreateTimer",
               ("CancellationTokenSource", 1) => "use the constructor with a TimeProvider",
               _ => null,
           }
           where advice is not null && !IsAllowed(file, made)
           select $"{file.At(made)}: new {type}; {advice}";

    private static IEnumerable<string> Waits(CodeFile file)
        => from call in file.Nodes<InvocationExpressionSyntax>()
           where call.Expression is MemberAccessExpressionSyntax access && NameOf(access) == "Task.Delay" && !IsAllowed(file, call)
           let arguments = call.ArgumentList.Arguments
           where arguments.Count == 1 || (arguments.Count == 2 && IsToken(arguments[1].Expression.ToString()))
           select $"{file.At(call)}: Task.Delay; use the overload with a TimeProvider";

    private static bool IsToken(string argument)
        => argument.Contains("cancel", StringComparison.OrdinalIgnoreCase) || argument.Contains("token", StringComparison.OrdinalIgnoreCase)
            || argument.Contains("stopping", StringComparison.OrdinalIgnoreCase) || argument.Contains("aborted", StringComparison.OrdinalIgnoreCase);

    /// <summary>The last two parts of a member access: <c>Guid.NewGuid</c> of <c>System.Guid.NewGuid</c>.</summary>
    private static string? NameOf(MemberAccessExpressionSyntax access) => access.Expression switch
    {
        IdentifierNameSyntax type => $"{type.Identifier.Text}.{access.Name.Identifier.Text}",
        MemberAccessExpressionSyntax type => $"{type.Name.Identifier.Text}.{access.Name.Identifier.Text}",
        _ => null,
    };

    /// <summary>Whether a pragma with a reason is open for RS0030 at this place.</summary>
    private static bool IsAllowed(CodeFile file, SyntaxNode node)
    {
        var last = file.Text[..node.SpanStart].Split('\n').LastOrDefault(line => line.Contains("#pragma warning", StringComparison.Ordinal)
            && line.Contains("RS0030", StringComparison.Ordinal));
        return last?.Contains("disable", StringComparison.Ordinal) == true;
    }
}
