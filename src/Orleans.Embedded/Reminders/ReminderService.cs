using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Hosting;
using Orleans.Timers;

namespace Orleans.Embedded;

/// <summary>Reads the table at the start and now and then, and ticks. Ticks stay on StartAt + n × Period; those that were missed are
/// skipped, not made up for.</summary>
internal sealed class ReminderService(Silo silo, IServiceProvider services, IOptions<ReminderOptions> options) : IReminderRegistry
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<(GrainId Grain, string Name), LocalReminder> _local =
        new(Comparer<(GrainId Grain, string Name)>.Create(static (left, right) =>
            left.Grain.CompareTo(right.Grain) is not 0 and var order ? order : string.CompareOrdinal(left.Name, right.Name)));

    private ITimer? _refresh;
    private bool _running;

    private IReminderTable Table => services.GetService<IReminderTable>()
        ?? throw new OrleansConfigurationException("No reminder table is configured: add an IReminderTable to the services, or call UseInMemoryReminderService.");

    private DateTime Now => silo.TimeProvider.GetUtcNow().UtcDateTime;

    public async Task StartTableAsync(CancellationToken cancellation)
    {
        using var patience = new CancellationTokenSource(options.Value.InitializationTimeout, silo.TimeProvider);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
        await Table.StartAsync(both.Token);
    }

    public Task StopTableAsync(CancellationToken cancellation) => Table.StopAsync(cancellation);

    public async Task StartAsync(CancellationToken cancellation)
    {
        lock (_gate)
        {
            _running = true;
        }
        Load(await Table.ReadRows(0, 0));
        var period = options.Value.RefreshReminderListPeriod;
        _refresh = silo.TimeProvider.CreateTimer(
            _ => silo.Turns.Post(() => _ = RefreshAsync()), null, period, period);
    }

    public Task StopAsync(CancellationToken cancellation)
    {
        Kill();
        return Task.CompletedTask;
    }

    /// <summary>No tick from here on.</summary>
    public void Kill()
    {
        lock (_gate)
        {
            _running = false;
            _refresh?.Dispose();
            foreach (var reminder in _local.Values)
            {
                reminder.Dispose();
            }
            EngineMeter.CountReminders(-_local.Count);
            _local.Clear();
        }
    }

    public async Task<IGrainReminder> RegisterOrUpdateReminder(GrainId callingGrainId, string reminderName, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reminderName);
        ArgumentOutOfRangeException.ThrowIfLessThan(dueTime, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(period, TimeSpan.Zero);
        if (period < options.Value.MinimumReminderPeriod)
        {
            throw new ArgumentException(
                $"Cannot register reminder {callingGrainId}:{reminderName}: its period of {period} is below the minimum of {options.Value.MinimumReminderPeriod}.",
                nameof(period));
        }
        var entry = new ReminderEntry { GrainId = callingGrainId, ReminderName = reminderName, StartAt = Now + dueTime, Period = period };
        entry.ETag = await Table.UpsertRow(entry) ?? throw new ReminderException($"The table did not take reminder {callingGrainId}:{reminderName}.");
        lock (_gate)
        {
            Put(entry);
        }
        return new Handle(entry);
    }

    public async Task UnregisterReminder(GrainId callingGrainId, IGrainReminder reminder)
    {
        ArgumentNullException.ThrowIfNull(reminder);
        if (reminder is not Handle handle || handle.GrainId != callingGrainId)
        {
            throw new ArgumentException($"{reminder} is not a reminder of {callingGrainId}.", nameof(reminder));
        }
        if (!await Table.RemoveRow(callingGrainId, handle.ReminderName, handle.ETag))
        {
            throw new ReminderException($"Could not unregister reminder {callingGrainId}:{handle.ReminderName}: it is gone, or was changed since it was read.");
        }
        lock (_gate)
        {
            Drop((callingGrainId, handle.ReminderName));
        }
    }

    public async Task<IGrainReminder?> GetReminder(GrainId callingGrainId, string reminderName)
        => await Table.ReadRow(callingGrainId, reminderName) is { } entry ? new Handle(entry) : null;

    public async Task<List<IGrainReminder>> GetReminders(GrainId callingGrainId)
        => [.. (await Table.ReadRows(callingGrainId)).Reminders.Select(entry => new Handle(entry))];

    private async Task RefreshAsync()
    {
        try
        {
            var before = Snapshot();
            Load(await Table.ReadRows(0, 0), before);
        }
        catch (Exception error)
        {
            SiloLog.ReminderRefreshFailed(silo.Log, error);
        }
    }

    private Dictionary<(GrainId, string), string?> Snapshot()
    {
        lock (_gate)
        {
            return _local.ToDictionary(pair => pair.Key, pair => pair.Value.Entry.ETag);
        }
    }

    /// <summary>Takes the table's rows over. What was registered or removed here since <paramref name="before"/> is newer than the rows.</summary>
    private void Load(ReminderTableData rows, Dictionary<(GrainId, string), string?>? before = null)
    {
        lock (_gate)
        {
            if (!_running)
            {
                return;
            }
            var listed = rows.Reminders.Select(entry => (entry.GrainId, entry.ReminderName)).ToHashSet();
            foreach (var key in _local.Keys.Where(key => !listed.Contains(key) && IsUnchanged(key, before)).ToList())
            {
                Drop(key);
            }
            foreach (var entry in rows.Reminders)
            {
                var key = (entry.GrainId, entry.ReminderName);
                var known = _local.GetValueOrDefault(key);
                if (!string.Equals(known?.Entry.ETag, entry.ETag, StringComparison.Ordinal) && IsUnchanged(key, before))
                {
                    Put(entry);
                }
            }
        }
    }

    private bool IsUnchanged((GrainId, string) key, Dictionary<(GrainId, string), string?>? before)
        => before is null || (_local.GetValueOrDefault(key) is { } now
            ? before.TryGetValue(key, out var version) && string.Equals(version, now.Entry.ETag, StringComparison.Ordinal)
            : !before.ContainsKey(key));

    private void Put(ReminderEntry entry)
    {
        var key = (entry.GrainId, entry.ReminderName);
        Drop(key);
        if (_running)
        {
            _local[key] = new LocalReminder(silo, entry, options.Value.ReminderLoadingWindow);
            EngineMeter.CountReminders(1);
        }
    }

    private void Drop((GrainId, string) key)
    {
        if (_local.Remove(key, out var reminder))
        {
            EngineMeter.CountReminders(-1);
            reminder.Dispose();
        }
    }

    private sealed class Handle(ReminderEntry entry) : IGrainReminder
    {
        public GrainId GrainId => entry.GrainId;

        public string ReminderName => entry.ReminderName;

        public string ETag => entry.ETag!;

        public override string ToString() => $"{GrainId}:{ReminderName}";
    }
}

/// <summary>Joins the reminder service to the silo's start and stop.</summary>
internal sealed class ReminderParticipant(ReminderService service) : ILifecycleParticipant<ISiloLifecycle>
{
    public void Participate(ISiloLifecycle lifecycle)
    {
        lifecycle.Subscribe<ReminderParticipant>(ServiceLifecycleStage.BecomeActive - 1, service.StartTableAsync, service.StopTableAsync);
        lifecycle.Subscribe<ReminderParticipant>(ServiceLifecycleStage.Active, service.StartAsync, service.StopAsync);
    }
}
