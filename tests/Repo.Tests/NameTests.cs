using Coordinator.Repo.Tests.Source;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Coordinator.Repo.Tests;

/// <summary>Names say what a thing is; nothing is left for later; no test is switched off.</summary>
public sealed class NameTests
{
    private static readonly string[] Vague = ["Helper", "Helpers", "Util", "Utils", "Utility", "Utilities", "Common", "Manager", "Managers"];
    private static readonly string[] Unfinished = ["TO" + "DO", "FIX" + "ME", "HA" + "CK", "Not" + "ImplementedException"];

    [Fact]
    public void Types_are_named_after_what_they_are()
        => Rule.Holds(
            from file in Tree.Code
            from type in file.Nodes<BaseTypeDeclarationSyntax>()
            let word = VagueWordOf(type.Identifier.Text)
            where word is not null
            select $"{file.At(type)}: {type.Identifier.Text} says nothing by '{word}'; name what it does");

    [Fact]
    public void Folders_and_files_are_named_after_what_they_hold()
        => Rule.Holds(
            from file in Tree.Code
            from part in file.Path.Split('/')
            let word = VagueWordOf(part.Split('.')[0])
            where word is not null
            select $"{file.Path}: '{part}' says nothing; name what is in it");

    [Fact]
    public void Namespaces_are_file_scoped_and_start_with_the_project()
        => Rule.Holds(
            from file in Tree.Code
            where file.Project is not ("Orleans.Embedded" or "Orleans.Embedded.Tests")
            from space in file.Nodes<BaseNamespaceDeclarationSyntax>()
            let project = file.Project.Split('.')[0]
            where space is not FileScopedNamespaceDeclarationSyntax || !space.Name.ToString().StartsWith($"Coordinator.{project}", StringComparison.Ordinal)
            select $"{file.At(space)}: write `namespace Coordinator.{file.Project};` or one below it, file-scoped");

    [Fact]
    public void Nothing_is_left_for_later()
        => Rule.Holds(
            from file in Tree.OwnText
            where !file.StartsWith("tests/Repo.Tests/", StringComparison.Ordinal)
            from line in Tree.Read(file).Split('\n').Index()
            from word in Unfinished
            where line.Item.Contains(word, StringComparison.Ordinal)
            select $"{file}:{line.Index + 1}: '{word}'; finish it, or file an issue and leave no mark");

    [Fact]
    public void No_code_is_commented_out()
        => Rule.Holds(
            from file in Tree.Code
            from line in file.Text.Split('\n').Index()
            let text = line.Item.Trim()
            where text.StartsWith("//", StringComparison.Ordinal) && !text.StartsWith("///", StringComparison.Ordinal) && IsStatement(text.TrimStart('/').Trim())
            select $"{file.Path}:{line.Index + 1}: commented-out code; delete it, history keeps it");

    [Fact]
    public void No_test_is_skipped()
        => Rule.Holds(
            from file in Tree.Code
            where file.IsUnder("tests")
            from argument in file.Nodes<AttributeArgumentSyntax>()
            where argument.NameEquals?.Name.Identifier.Text is "Skip" or "SkipWhen" or "SkipUnless"
            select $"{file.At(argument)}: a skipped test proves nothing; make it pass or delete it");

    [Fact]
    public void Tests_are_sentences_with_underscores()
        => Rule.Holds(
            from file in Tree.Code
            where file.IsUnder("tests")
            from method in file.Nodes<MethodDeclarationSyntax>()
            where method.AttributeLists.SelectMany(list => list.Attributes).Any(attribute => attribute.Name.ToString() is "Fact" or "Theory")
            let name = method.Identifier.Text
            where name.StartsWith("Test_", StringComparison.Ordinal) || name.EndsWith("Test", StringComparison.Ordinal)
                || !name.Contains('_', StringComparison.Ordinal)
            select $"{file.At(method)}: {name}; say as a sentence what holds: Refuses_a_second_entry_for_one_ticket");

    [Fact]
    public void Every_test_project_has_tests()
        => Rule.Holds(
            from project in Tree.Projects
            where project.EndsWith(".Tests.csproj", StringComparison.Ordinal)
            let folder = Tree.FolderOf(project)
            where !Tree.Code.Any(file => file.IsUnder(folder) && file.Nodes<AttributeSyntax>().Any(attribute => attribute.Name.ToString() is "Fact" or "Theory"))
            select $"{project}: it has no tests; write them or remove the project");

    /// <summary>Whether a comment would compile: prose that ends in a semicolon would not.</summary>
    private static bool IsStatement(string text)
        => text.EndsWith(';') && Microsoft.CodeAnalysis.CSharp.SyntaxFactory.ParseStatement(text) is { ContainsDiagnostics: false } statement
            && statement.FullSpan.Length == text.Length;

    /// <summary>A word of a PascalCase name that says nothing.</summary>
    private static string? VagueWordOf(string name)
    {
        var words = System.Text.RegularExpressions.Regex.Matches(name, "[A-Z][a-z0-9]*", default, TimeSpan.FromMinutes(1)).Select(match => match.Value);
        return words.FirstOrDefault(Vague.Contains);
    }
}
