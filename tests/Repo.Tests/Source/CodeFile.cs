using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Coordinator.Repo.Tests.Source;

/// <summary>One C# file, as text and as a syntax tree.</summary>
internal sealed record CodeFile(string Path, string Text, CompilationUnitSyntax Syntax)
{
    /// <summary>The project's name: the folder below src or tests.</summary>
    public string Project => Path.Split('/')[1];

    public int Lines => Text.AsSpan().Count('\n') + (Text.EndsWith('\n') ? 0 : 1);

    public bool IsUnder(string folder) => Path.StartsWith(folder + "/", StringComparison.Ordinal);

    public IEnumerable<T> Nodes<T>() where T : SyntaxNode => Syntax.DescendantNodes().OfType<T>();

    /// <summary>Where a node is, as an editor opens it.</summary>
    public string At(SyntaxNodeOrToken node) => $"{Path}:{node.GetLocation()!.GetLineSpan().StartLinePosition.Line + 1}";

    public static CodeFile Read(string path) => Parse(path, Tree.Read(path));

    public static CodeFile Parse(string path, string text)
        => new(path, text, CSharpSyntaxTree.ParseText(text, new CSharpParseOptions(LanguageVersion.Preview)).GetCompilationUnitRoot());
}
