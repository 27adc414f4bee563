namespace Coordinator.Repo.Tests.Contracts;

/// <summary>Contracts that break one rule each, to prove that it is found.</summary>
internal static class BadContracts
{
    public interface IUnnamedGrain : IGrainWithGuidKey
    {
        Task AskAsync();
    }

    [Alias("bad.list")]
    public interface IListGrain : IGrainWithGuidKey
    {
        [Alias("ask")]
        Task<List<int>> AskAsync(byte[] bytes);
    }

    [Alias("bad.open")]
    public interface IOpenGrain : IGrainWithGuidKey
    {
        [Alias("ask")]
        Task AskAsync(OpenMessage message);

        [Alias("ask")]
        Task AskAgainAsync(BareMessage message);
    }

    [GenerateSerializer]
    [Immutable]
    [Alias("bad.open_message")]
    public sealed class OpenMessage
    {
        [Id(0)]
        public int First { get; set; }

        [Id(0)]
        public int Second { get; init; }

        public int Third { get; init; }
    }

    public sealed record BareMessage;
}
