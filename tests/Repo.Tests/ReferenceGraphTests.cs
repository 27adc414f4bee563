using System.Xml.Linq;
using Coordinator.Repo.Tests.Source;

namespace Coordinator.Repo.Tests;

/// <summary>Which project may use which: the shape of the system in one table.</summary>
public sealed class ReferenceGraphTests
{
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Bitcoin"] = [],
        ["Orleans.Embedded"] = [],
        ["Nostr"] = ["Bitcoin"],
        ["Dlc"] = ["Bitcoin"],
        ["Lightning"] = ["Bitcoin"],
        ["Chain"] = ["Bitcoin"],
        ["Wallet"] = ["Bitcoin", "Chain"],
        ["Competitions"] = ["Bitcoin", "Dlc"],
        ["Oracle"] = ["Bitcoin", "Nostr"],
        ["Keymeld"] = ["Bitcoin", "Nostr", "Dlc"],
        ["Storage"] = ["Orleans.Embedded"],
        ["Storage.Sqlite"] = ["Storage", "Orleans.Embedded"],
        ["Storage.Postgres"] = ["Storage", "Orleans.Embedded"],
        ["Grains.Abstractions"] = ["Orleans.Embedded", "Bitcoin"],
        ["Grains"] = ["Grains.Abstractions", "Competitions", "Dlc", "Bitcoin", "Nostr", "Lightning", "Chain", "Wallet", "Oracle", "Keymeld",
            "Orleans.Embedded"],
        ["Web"] = ["Grains.Abstractions", "Bitcoin"],
        ["Gateway"] = ["Grains.Abstractions", "Nostr", "Bitcoin", "Web", "Orleans.Embedded"],
        ["Silo"] = ["Gateway", "Grains", "Storage", "Storage.Sqlite", "Storage.Postgres", "Lightning", "Chain", "Wallet", "Oracle", "Keymeld", "Orleans.Embedded"],
        ["Simulators"] = ["Bitcoin", "Nostr", "Dlc", "Lightning", "Chain", "Oracle", "Keymeld"],
        ["Players"] = ["Bitcoin", "Nostr", "Dlc", "Keymeld"],
        ["Cli"] = ["Bitcoin", "Nostr", "Dlc", "Wallet", "Players"],
    };

    [Fact]
    public void Projects_reference_only_what_the_graph_allows()
        => Rule.Holds(
            from project in ProductProjects
            let name = NameOf(project)
            from target in ReferencesOf(project)
            where !Allowed.GetValueOrDefault(name, []).Contains(target)
            select $"{project}: {name} may not reference {target}; move the code to where it belongs, or change the graph on purpose");

    [Fact]
    public void Every_project_of_the_product_is_in_the_graph()
        => Rule.Holds(
            from project in ProductProjects
            where !Allowed.ContainsKey(NameOf(project)) || project != $"src/{NameOf(project)}/{NameOf(project)}.csproj"
            select $"{project}: give it a row in ReferenceGraphTests; its name is its folder's, directly below src");

    [Fact]
    public void The_engine_is_referenced_only_through_the_shared_file()
        => Rule.Holds(
            from project in Tree.Projects
            where Xml(project).Descendants("ProjectReference").Any(reference => Target(reference) == "Orleans.Embedded")
                || Xml(project).Descendants("PackageReference").Any(IsOrleans)
            select $"{project}: set OrleansParts and import $(OrleansEngineProps) instead of naming an engine");

    [Fact]
    public void The_engine_is_the_embedded_one_unless_the_property_says_otherwise()
    {
        var engine = Assert.Single(Xml("Directory.Build.props").Descendants("OrleansEngine"));
        Assert.Equal("Embedded", engine.Value);
        Assert.Equal("'$(OrleansEngine)' == ''", (string?)engine.Attribute("Condition"));
    }

    [Fact]
    public void Both_engines_compile_the_same_sources_outside_the_hosts()
        => Rule.Holds(
            from file in Tree.Code
            where file.Project is not ("Silo" or "Orleans.Embedded" or "Orleans.Embedded.Tests" or "Repo.Tests") && !file.IsUnder("tests/Cluster.Tests")
            from trivia in file.Syntax.DescendantTrivia(descendIntoTrivia: true)
            where trivia.GetStructure() is Microsoft.CodeAnalysis.CSharp.Syntax.IfDirectiveTriviaSyntax
            select $"{file.Path}: no #if outside Silo and the test host; use what both engines offer");

    [Fact]
    public void The_product_references_no_test_project()
        => Rule.Holds(
            from project in ProductProjects
            from reference in Xml(project).Descendants("ProjectReference")
            where ((string?)reference.Attribute("Include"))?.Contains("tests/", StringComparison.Ordinal) == true
            select $"{project}: the product may not reference tests");

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = Tree.Read("Coordinator.sln").Replace('\\', '/');
        Rule.Holds(from project in Tree.Projects
                   where !solution.Contains($"\"{project}\"", StringComparison.Ordinal)
                   select $"{project}: add it with `dotnet sln add`");
    }

    [Fact]
    public void Packages_of_a_client_stay_inside_it()
        => Rule.Holds(
            from project in new[] { "src/Bitcoin/Bitcoin.csproj", "src/Dlc/Dlc.csproj", "src/Nostr/Nostr.csproj", "src/Competitions/Competitions.csproj" }
            from package in Xml(project).Descendants("PackageReference")
            select $"{project}: rules and cryptography use no packages; remove {(string?)package.Attribute("Include")}");

    private static IEnumerable<string> ProductProjects => Tree.Projects.Where(project => project.StartsWith("src/", StringComparison.Ordinal));

    private static IEnumerable<string> ReferencesOf(string project)
    {
        var xml = Xml(project);
        var own = xml.Descendants("ProjectReference").Select(Target);
        return xml.Descendants("Import").Any(import => (string?)import.Attribute("Project") == "$(OrleansEngineProps)") ? own.Append("Orleans.Embedded") : own;
    }

    private static bool IsOrleans(XElement package)
        => ((string?)package.Attribute("Include"))?.StartsWith("Microsoft.Orleans", StringComparison.OrdinalIgnoreCase) == true;

    private static string Target(XElement reference) => NameOf(((string?)reference.Attribute("Include") ?? "").Replace('\\', '/'));

    private static string NameOf(string project) => Path.GetFileNameWithoutExtension(project);

    private static XDocument Xml(string file) => XDocument.Load(Tree.Absolute(file));
}
