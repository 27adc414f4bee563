using Coordinator.Repo.Tests.Source;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Coordinator.Repo.Tests;

/// <summary>Files, methods and folders stay small enough to be read in one go.</summary>
public sealed class SizeTests
{
    private const int FileLines = 400;
    private const int MethodLines = 40;
    private const int FilesWithoutReadme = 5;
    private const int ScreenLines = 60;

    [Fact]
    public void Files_are_shorter_than_four_hundred_lines()
        => Rule.Holds(
            from file in Tree.Code
            where file.Lines >= FileLines
            select $"{file.Path}: {file.Lines} lines; split it by subject below {FileLines}");

    [Fact]
    public void Methods_have_at_most_forty_lines() => Rule.Holds(Tree.Code.SelectMany(LongMethods));

    [Fact]
    public void Folders_with_more_than_five_sources_explain_themselves()
        => Rule.Holds(
            from folder in Tree.Code.GroupBy(file => Tree.FolderOf(file.Path))
            where folder.Count() > FilesWithoutReadme && !Tree.Files.Contains($"{folder.Key}/README.md")
            select $"{folder.Key}: {folder.Count()} sources and no README.md (what it is, what it must never do, where to start, how to test)");

    [Fact]
    public void Readmes_of_folders_fit_on_a_screen()
        => Rule.Holds(
            from file in Tree.Files
            where file.EndsWith("/README.md", StringComparison.Ordinal) && !file.StartsWith("tests/vectors/", StringComparison.Ordinal)
            let lines = Tree.Read(file).Split('\n').SkipWhile(line => line.Length == 0).Count(line => !line.StartsWith('|'))
            where lines > ScreenLines
            select $"{file}: {lines} lines beside its tables; say it in {ScreenLines}, or move the detail beside the code");

    [Fact]
    public void A_long_method_would_be_found()
    {
        var body = string.Concat(Enumerable.Repeat("        x++;\n", MethodLines));
        var file = CodeFile.Parse("src/A/B.cs", "class B\n{\n    [Attribute]\n    void M(int x)\n    {\n" + body + "    }\n\n    int Short => 1;\n}\n");
        Assert.Equal("src/A/B.cs:4: M has 43 lines; split it, 40 are the most", Assert.Single(LongMethods(file)));
    }

    private static IEnumerable<string> LongMethods(CodeFile file)
        => from node in file.Nodes<SyntaxNode>()
           let name = NameOf(node)
           where name is not null
           let lines = LinesOf(node)
           where lines > MethodLines
           select $"{file.At(Start(node))}: {name} has {lines} lines; split it, {MethodLines} are the most";

    private static string? NameOf(SyntaxNode node) => node switch
    {
        MethodDeclarationSyntax method => method.Identifier.Text,
        ConstructorDeclarationSyntax constructor => constructor.Identifier.Text,
        OperatorDeclarationSyntax @operator => $"operator {@operator.OperatorToken.Text}",
        ConversionOperatorDeclarationSyntax conversion => $"operator {conversion.Type}",
        PropertyDeclarationSyntax property when !IsTable(property) => property.Identifier.Text,
        IndexerDeclarationSyntax => "this[]",
        LocalFunctionStatementSyntax function => function.Identifier.Text,
        _ => null,
    };

    /// <summary>Cases and names to look up: rows, not statements.</summary>
    private static bool IsTable(PropertyDeclarationSyntax property)
        => (property.ExpressionBody?.Expression ?? property.Initializer?.Value) is BaseObjectCreationExpressionSyntax { Initializer: not null }
            or CollectionExpressionSyntax;

    /// <summary>From the first word of the signature to the closing brace: attributes and documentation do not count.</summary>
    private static int LinesOf(SyntaxNode node)
        => node.GetLocation().GetLineSpan().EndLinePosition.Line - Start(node).GetLocation()!.GetLineSpan().StartLinePosition.Line + 1;

    private static SyntaxToken Start(SyntaxNode node)
        => node.ChildNodesAndTokens().First(child => !child.IsKind(Microsoft.CodeAnalysis.CSharp.SyntaxKind.AttributeList)) is var first && first.IsToken
            ? first.AsToken()
            : first.AsNode()!.GetFirstToken();
}
