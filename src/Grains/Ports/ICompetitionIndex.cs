using System.Collections.Immutable;

namespace Coordinator.Grains;

/// <summary>Durable lines from which the directory is rebuilt at start (D29). Updates may repeat and come in any order.</summary>
public interface ICompetitionIndex
{
    /// <summary>Stores a line unless the stored one is as new or newer.</summary>
    Task PutAsync(CompetitionView view);

    /// <summary>Every line that can be read.</summary>
    Task<ImmutableArray<CompetitionView>> ListAsync();

    /// <summary>Competitions whose line cannot be read.</summary>
    Task<ImmutableArray<Guid>> UnreadableAsync() => Task.FromResult(ImmutableArray<Guid>.Empty);
}
