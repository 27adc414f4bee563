using System.Xml.Linq;
using Coordinator.Repo.Tests.Source;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Coordinator.Repo.Tests;

/// <summary>What is compiled for one engine only is small, decides nothing, has its twin, and compiles also where the other engine's packages cannot be had.</summary>
public sealed class EngineTests
{
    private const string Folder = "src/Silo/Engines";
    private const int MostLines = 80;

    private static IEnumerable<CodeFile> Foreign => Tree.Product.Where(file => file.IsUnder($"{Folder}/Microsoft"));

    [Fact]
    public void Files_of_the_other_engine_are_in_one_folder_and_compiled_for_it_alone()
    {
        Assert.NotEmpty(Foreign);
        var removed = XDocument.Load(Tree.Absolute("src/Silo/Silo.csproj")).Descendants("Compile").ToDictionary(item => (string)item.Attribute("Remove")!, item => (string)item.Attribute("Condition")!);
        Assert.Equal("'$(OrleansEngine)' != 'Microsoft'", removed["Engines/Microsoft/**"]);
        Assert.Equal("'$(OrleansEngine)' != 'Embedded'", removed["Engines/Embedded/**"]);
        Rule.Holds(
            from project in Tree.Projects
            where project != "src/Silo/Silo.csproj"
            where File.ReadAllText(Tree.Absolute(project)).Contains("$(OrleansEngine)", StringComparison.Ordinal)
            select $"{project}: only {Folder} may differ between the engines");
    }

    [Fact]
    public void They_are_small_and_hold_no_logic() => Rule.Holds(Foreign.SelectMany(ComplaintsOf));

    [Fact]
    public void Logic_in_them_would_be_found()
    {
        var file = CodeFile.Parse($"{Folder}/Microsoft/A.cs", "class A { int M(bool b) { if (b) { return 1; } while (b) { } return b ? 1 : 2; } int C(S section) => section.X ? 1 : 2; }");
        Assert.Equal(3, ComplaintsOf(file).Count());
    }

    [Fact]
    public void What_they_offer_is_what_the_embedded_engine_s_twin_offers()
    {
        static string[] Offered(string engine) => [.. Tree.Product.Where(file => file.IsUnder($"{Folder}/{engine}")).SelectMany(file => file.Nodes<MemberDeclarationSyntax>())
            .Where(member => member.Modifiers.Any(SyntaxKind.PublicKeyword)).Select(NameOf).OfType<string>().Order(StringComparer.Ordinal)];
        var own = Offered("Embedded");
        Assert.NotEmpty(own);
        Assert.Empty(own.Except(Offered("Microsoft")));
        var used = Tree.Product.Where(file => file.Project == "Silo" && !file.IsUnder(Folder)).SelectMany(file => file.Nodes<IdentifierNameSyntax>()).Select(name => name.Identifier.Text).ToHashSet();
        Assert.Empty(Offered("Microsoft").Where(used.Contains).Except(own));
    }

    [Fact]
    public void They_compile_against_the_signatures_of_the_packages_which_are_not_here()
    {
        var options = CSharpParseOptions.Default.WithLanguageVersion(LanguageVersion.Preview);
        var usings = CSharpSyntaxTree.ParseText(
            "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; global using Orleans; global using Orleans.Hosting;"
            + "global using Microsoft.AspNetCore.Builder; global using Microsoft.AspNetCore.Routing; global using Microsoft.Extensions.DependencyInjection;", options);
        var trees = Foreign.Select(file => file.Path).Append("src/Silo/Configuration/OrleansSection.cs").Append("tests/Repo.Tests/Engines/reference.txt")
            .Select(path => CSharpSyntaxTree.ParseText(Tree.Read(path), options, path));
        var compilation = CSharpCompilation.Create(
            "engine", [usings, .. trees], References(),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable, checkOverflow: true));
        Rule.Holds(compilation.GetDiagnostics().Where(found => found.Severity >= DiagnosticSeverity.Warning).Select(found => found.ToString()));
    }

    private static IEnumerable<string> ComplaintsOf(CodeFile file)
    {
        if (file.Lines >= MostLines)
        {
            yield return $"{file.Path}: {file.Lines} lines; below {MostLines}, it can be read where it cannot be compiled";
        }

        foreach (var node in file.Nodes<SyntaxNode>().Where(IsLogic))
        {
            yield return $"{file.At(node)}: a decision; it belongs where both engines are tested";
        }
    }

    /// <summary>Choosing by the configuration's own word is all that may be.</summary>
    private static bool IsLogic(SyntaxNode node) => node is IfStatementSyntax or SwitchStatementSyntax or SwitchExpressionSyntax or WhileStatementSyntax or DoStatementSyntax or ForStatementSyntax
        or CommonForEachStatementSyntax or TryStatementSyntax or GotoStatementSyntax or LocalFunctionStatementSyntax
        || (node is ConditionalExpressionSyntax choice && choice.Condition is not MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.Text: "section" } });

    private static string? NameOf(MemberDeclarationSyntax member) => member switch
    {
        MethodDeclarationSyntax method => method.Identifier.Text,
        FieldDeclarationSyntax field => field.Declaration.Variables[0].Identifier.Text,
        _ => null,
    };

    private static MetadataReference[] References()
    {
        var core = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        var web = Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(core))!, "Microsoft.AspNetCore.App", Path.GetFileName(core));
        return [.. new[] { core, web }.SelectMany(folder => Directory.EnumerateFiles(folder, "*.dll"))
            .Where(file => Path.GetFileName(file).StartsWith("System.", StringComparison.Ordinal) || Path.GetFileName(file).StartsWith("Microsoft.", StringComparison.Ordinal)
                || Path.GetFileName(file) is "netstandard.dll" or "mscorlib.dll")
            .Where(file => !Path.GetFileName(file).Contains("Native", StringComparison.Ordinal) && !Path.GetFileName(file).StartsWith("Microsoft.DiaSymReader", StringComparison.Ordinal))
            .Select(file => MetadataReference.CreateFromFile(file))];
    }
}
