using Orleans.Concurrency;

namespace Coordinator.Engine.Tests;

[Alias("engine.tests.IWorker")]
public interface IWorker : IGrainWithStringKey
{
    Task<int> EchoAsync(int value);

    Task<string> PassAsync(string door);

    [AlwaysInterleave]
    Task<string> PeekAsync();

    [ReadOnly]
    Task ReadAsync(string door);

    Task CallBackAsync(bool allow);

    Task VisitAsync(string other, bool allow);

    Task ReturnToAsync(string other);

    Task FailAsync(string why, bool late);

    ValueTask<int> ValueAsync(int value);

    ValueTask TouchAsync();

    [OneWay]
    Task ForgetAsync(string why);

    [ResponseTimeout("00:00:05")]
    Task ImpatientAsync(string door);

    Task WaitAsync(string door, CancellationToken cancellation);

    Task<bool> SawCancellationAsync();

    Task LeaveAsync();

    Task KeepAsync(TimeSpan time);

    Task<string?> BaggageAsync(string key, string? change);

    IAsyncEnumerable<int> CountAsync(int upTo, string? door, CancellationToken cancellation = default);

    Task<string> WhoAsync();
}

[Alias("engine.tests.IReentrant")]
public interface IReentrantWorker : IGrainWithIntegerKey
{
    Task PassAsync(string door);
}

[Alias("engine.tests.IChoosy")]
public interface IChoosyWorker : IGrainWithGuidKey
{
    Task PassAsync(string door);
}

[Alias("engine.tests.ICrowd")]
public interface ICrowd : IGrainWithIntegerKey
{
    Task PassAsync(string door);
}

[Alias("engine.tests.IBroken")]
public interface IBroken : IGrainWithStringKey
{
    Task<string> HelloAsync();
}

[Alias("engine.tests.IPoco")]
public interface IPoco : IGrainWithIntegerCompoundKey
{
    Task<string> WhoAsync();
}

[Alias("engine.tests.IShared")]
public interface IShared : IGrainWithStringKey
{
    Task<string> WhoAsync();
}

[DefaultGrainType("tests.second")]
[Alias("engine.tests.IPreferred")]
public interface IPreferred : IGrainWithStringKey
{
    Task<string> WhoAsync();
}

[Alias("engine.tests.IAccount")]
public interface IAccount : IGrainWithStringKey
{
    Task<int> BalanceAsync();

    Task DepositAsync(int amount);

    Task<string> DepositCarefullyAsync(int amount);

    Task DepositOutsideAsync(int amount);

    Task DepositTwiceAtOnceAsync(int amount);

    Task ClearAsync();

    Task<(string? Etag, bool Exists)> VersionAsync();
}

[Alias("engine.tests.ITicker")]
public interface ITicker : IGrainWithStringKey
{
    Task StartAsync(TimeSpan due, TimeSpan period, bool interleave, bool keepAlive, string? door);

    Task ChangeAsync(TimeSpan due, TimeSpan period);

    Task StopAsync();

    Task StartOutsideAsync();

    Task PassAsync(string door);

    Task FailingAsync(TimeSpan period);
}

[Alias("engine.tests.IReminded")]
public interface IReminded : IGrainWithStringKey
{
    Task SetAsync(string name, TimeSpan due, TimeSpan period);

    Task RemoveAsync(string name);

    Task<List<string>> NamesAsync();

    Task<bool> HasAsync(string name);
}

[Alias("engine.tests.IRestless")]
public interface IRestless : IGrainWithStringKey
{
    Task HelloAsync();
}

[Alias("engine.tests.ILoyal")]
public interface ILoyal : IGrainWithStringKey
{
    Task HelloAsync();
}

[Alias("engine.tests.IFickle")]
public interface IFickle : IGrainWithStringKey
{
    Task HelloAsync();
}
