using Coordinator.Repo.Tests.Source;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Coordinator.Repo.Tests;

/// <summary>A port to the outside lives beside the client that fills it, and simulators stay out of the product.</summary>
public sealed class PortTests
{
    private static readonly Dictionary<string, string> HomeOf = new(StringComparer.Ordinal)
    {
        ["Lightning"] = "Lightning",
        ["Lnd"] = "Lightning",
        ["Chain"] = "Chain",
        ["Esplora"] = "Chain",
        ["Oracle"] = "Oracle",
        ["Keymeld"] = "Keymeld",
    };

    [Fact]
    public void Ports_to_the_outside_live_beside_their_client()
        => Rule.Holds(
            from file in Tree.Product
            from port in file.Nodes<InterfaceDeclarationSyntax>()
            let name = port.Identifier.Text
            from home in HomeOf
            where (name == $"I{home.Key}" || name == $"I{home.Key}Client") && file.Project != home.Value
            select $"{file.At(port)}: {name} belongs beside its client in src/{home.Value}");

    [Fact]
    public void Every_port_of_a_client_is_filled_beside_it()
        => Rule.Holds(
            from file in Tree.Product
            where HomeOf.ContainsValue(file.Project)
            from port in file.Nodes<InterfaceDeclarationSyntax>()
            let name = port.Identifier.Text
            where !Tree.Product.Any(other => other.Project == file.Project && Implements(other, name))
            select $"{file.At(port)}: nothing in src/{file.Project} implements {name}; the real client belongs beside its port");

    [Fact]
    public void The_product_knows_no_simulator()
        => Rule.Holds(
            from file in Tree.Product
            where file.Project != "Simulators"
            from use in file.Syntax.Usings
            where use.Name?.ToString().StartsWith("Coordinator.Simulators", StringComparison.Ordinal) == true
            select $"{file.At(use)}: simulators are servers reached by address; use the real client");

    private static bool Implements(CodeFile file, string port)
        => file.Nodes<TypeDeclarationSyntax>().Any(type => type is not InterfaceDeclarationSyntax
            && type.BaseList?.Types.Any(parent => parent.Type.ToString().Split('.')[^1] == port) == true);
}
