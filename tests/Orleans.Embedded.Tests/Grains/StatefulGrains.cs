using Orleans.Storage;

namespace Coordinator.Engine.Tests;

[GenerateSerializer]
[Alias("engine.tests.Account")]
public sealed class Account
{
    [Id(0)]
    public int Balance { get; set; }
}

public sealed class AccountGrain([PersistentState("account")] IPersistentState<Account> account, Notebook notebook) : Grain, IAccount
{
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        notebook.Write($"balance at activation {account.State.Balance}");
        return Task.CompletedTask;
    }

    public Task<int> BalanceAsync() => Task.FromResult(account.State.Balance);

    public Task DepositAsync(int amount)
    {
        account.State.Balance += amount;
        return account.WriteStateAsync();
    }

    public async Task<string> DepositCarefullyAsync(int amount)
    {
        try
        {
            await DepositAsync(amount);
            return "written";
        }
        catch (InconsistentStateException)
        {
            await account.ReadStateAsync();
            return "read again";
        }
    }

    public Task DepositOutsideAsync(int amount) => Task.Run(() => DepositAsync(amount));

    public Task DepositTwiceAtOnceAsync(int amount)
    {
        var first = DepositAsync(amount);
        var second = DepositAsync(amount);
        var third = DepositAsync(amount);
        return Task.WhenAll(first, second, third);
    }

    public Task ClearAsync() => account.ClearStateAsync();

    public Task<(string? Etag, bool Exists)> VersionAsync() => Task.FromResult((account.Etag, account.RecordExists));
}

public sealed class TickerGrain(Notebook notebook) : Grain, ITicker
{
    private IGrainTimer? _timer;

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        notebook.Write($"ticker ended {reason.ReasonCode}");
        return Task.CompletedTask;
    }

    public Task StartAsync(TimeSpan due, TimeSpan period, bool interleave, bool keepAlive, string? door)
    {
        _timer = this.RegisterGrainTimer(
            async (name, _) =>
            {
                notebook.Write($"tick {name}");
                if (door is not null)
                {
                    await notebook.PassAsync(door);
                }
            },
            this.GetPrimaryKeyString(),
            new GrainTimerCreationOptions(due, period) { Interleave = interleave, KeepAlive = keepAlive });
        return Task.CompletedTask;
    }

    public Task ChangeAsync(TimeSpan due, TimeSpan period)
    {
        _timer!.Change(due, period);
        return Task.CompletedTask;
    }

    public Task StopAsync()
    {
        _timer!.Dispose();
        return Task.CompletedTask;
    }

    public Task StartOutsideAsync() => Task.Run(() => this.RegisterGrainTimer(() => Task.CompletedTask, TimeSpan.Zero, TimeSpan.Zero));

    public async Task PassAsync(string door)
    {
        notebook.Write($"in {door}");
        await notebook.PassAsync(door);
        notebook.Write($"out {door}");
    }

    public Task FailingAsync(TimeSpan period)
    {
        _timer = this.RegisterGrainTimer(
            () =>
            {
                notebook.Write("failing tick");
                throw new InvalidOperationException("a tick that fails");
            },
            period, period);
        return Task.CompletedTask;
    }
}

public sealed class RemindedGrain(Notebook notebook, TimeProvider clock) : Grain, IReminded, IRemindable
{
    public Task SetAsync(string name, TimeSpan due, TimeSpan period) => this.RegisterOrUpdateReminder(name, due, period);

    public async Task RemoveAsync(string name) => await this.UnregisterReminder((await this.GetReminder(name))!);

    public async Task<List<string>> NamesAsync() => [.. (await this.GetReminders()).Select(reminder => reminder.ReminderName)];

    public async Task<bool> HasAsync(string name) => await this.GetReminder(name) is not null;

    public Task ReceiveReminder(string reminderName, TickStatus status)
    {
        var minutes = (clock.GetUtcNow().UtcDateTime - status.FirstTickTime).TotalMinutes;
        notebook.Write($"reminded {reminderName} +{minutes:0}");
        return Task.CompletedTask;
    }
}

/// <summary>Asks for reminders without being remindable.</summary>
public sealed class UnremindableGrain : Grain, IBrokenReminder
{
    public Task SetAsync() => this.RegisterOrUpdateReminder("x", TimeSpan.Zero, TimeSpan.FromMinutes(1));
}

[Alias("engine.tests.IBrokenReminder")]
public interface IBrokenReminder : IGrainWithStringKey
{
    Task SetAsync();
}
