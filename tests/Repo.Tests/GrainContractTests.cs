using Coordinator.Repo.Tests.Contracts;
using Coordinator.Repo.Tests.Source;

namespace Coordinator.Repo.Tests;

/// <summary>Grain contracts outlive a release: two versions of the service talk to each other, and rows outlive both.</summary>
public sealed class GrainContractTests
{
    private const string ManifestFile = "tests/Repo.Tests/contracts.txt";

    [Fact]
    public void Everything_that_crosses_a_grain_boundary_is_named_numbered_and_immutable() => Rule.Holds(MessageRules.Of(GrainContract.Ours));

    [Fact]
    public void The_contract_has_grains_and_messages()
    {
        Assert.Contains(GrainContract.Ours.Interfaces, type => type.Name == "ICompetitionGrain");
        Assert.True(GrainContract.Ours.Carried.Count() > 20, "the walk over the contract lost its way");
    }

    [Fact]
    public void The_contract_is_the_checked_in_list()
    {
        var actual = Manifest.Of(GrainContract.Ours);
        if (Environment.GetEnvironmentVariable("UPDATE_CONTRACTS") == "1")
        {
            File.WriteAllText(Tree.Absolute(ManifestFile), actual); // a deliberate change: the difference shows in the commit
        }
        var listed = Tree.Read(ManifestFile);
        Assert.True(
            listed == actual,
            $"{ManifestFile} differs from src/Grains.Abstractions: set UPDATE_CONTRACTS=1 to write it anew, and say why in the commit (Compat:).\n"
            + $"listed only:\n{string.Join('\n', Lines(listed).Except(Lines(actual)))}\nin the code only:\n{string.Join('\n', Lines(actual).Except(Lines(listed)))}");
    }

    [Fact]
    public void An_unnamed_grain_would_be_found()
    {
        var found = MessageRules.Of(GrainContract.Of(typeof(BadContracts.IUnnamedGrain))).ToList();
        Assert.Contains("IUnnamedGrain: give the interface an [Alias] that is never changed", found);
        Assert.Contains("IUnnamedGrain.AskAsync: give the method an [Alias] that is never changed", found);
    }

    [Fact]
    public void Lists_and_arrays_in_calls_would_be_found()
    {
        var found = MessageRules.Of(GrainContract.Of(typeof(BadContracts.IListGrain))).ToList();
        Assert.Contains(found, line => line.StartsWith("List`1: a call may not carry it", StringComparison.Ordinal));
        Assert.Contains(found, line => line.StartsWith("Byte[]: a call may not carry it", StringComparison.Ordinal));
    }

    [Fact]
    public void Members_that_change_or_share_a_number_would_be_found()
    {
        var found = MessageRules.Of(GrainContract.Of(typeof(BadContracts.IOpenGrain))).ToList();
        Assert.Contains("OpenMessage.First: it can be set after construction; make it init-only or readonly", found);
        Assert.Contains("OpenMessage: [Id(0)] is on First and Second; one number, one member", found);
        Assert.Contains("OpenMessage.Third: give it the next free [Id]", found);
        Assert.Contains("BareMessage: give it [GenerateSerializer], or do not carry it in a call", found);
        Assert.Contains("IOpenGrain: the alias 'ask' names AskAgainAsync and AskAsync; one name, one method", found);
    }

    private static string[] Lines(string text) => text.Split('\n');
}
