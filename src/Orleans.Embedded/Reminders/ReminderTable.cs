namespace Orleans;

/// <summary>Where reminders are kept.</summary>
public interface IReminderTable
{
    /// <summary>Called once, before anything else.</summary>
    Task StartAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

    /// <summary>Called once, at the end.</summary>
    Task StopAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

    /// <summary>The rows of one grain.</summary>
    Task<ReminderTableData> ReadRows(GrainId grainId);

    /// <summary>The rows whose grain's <see cref="GrainId.GetUniformHashCode"/> is in (begin, end]; where begin is not below end the range
    /// wraps, so equal bounds mean every row.</summary>
    Task<ReminderTableData> ReadRows(uint begin, uint end);

    /// <summary>One row, or null.</summary>
    Task<ReminderEntry?> ReadRow(GrainId grainId, string reminderName);

    /// <summary>Writes a row, new or not, and returns its new version.</summary>
    Task<string?> UpsertRow(ReminderEntry entry);

    /// <summary>Removes a row at this version; false when it is not there or has another version.</summary>
    Task<bool> RemoveRow(GrainId grainId, string reminderName, string eTag);

    /// <summary>Removes every row; for tests.</summary>
    Task TestOnlyClearTable();
}

/// <summary>One row of the reminder table.</summary>
[GenerateSerializer]
[Alias("Orleans.ReminderEntry")]
public sealed class ReminderEntry
{
    /// <summary>The grain that is reminded.</summary>
    [Id(0)]
    public GrainId GrainId { get; set; }

    /// <summary>The name, unique per grain.</summary>
    [Id(1)]
    public string ReminderName { get; set; } = string.Empty;

    /// <summary>The time of the first tick, UTC.</summary>
    [Id(2)]
    public DateTime StartAt { get; set; }

    /// <summary>The time between ticks.</summary>
    [Id(3)]
    public TimeSpan Period { get; set; }

    /// <summary>The version; null until stored.</summary>
    [Id(4)]
    public string? ETag { get; set; }

    /// <inheritdoc/>
    public override string ToString() => $"<GrainId={GrainId} ReminderName={ReminderName} Period={Period}>";
}

/// <summary>Rows of the reminder table.</summary>
[GenerateSerializer]
[Alias("Orleans.ReminderTableData")]
public sealed class ReminderTableData
{
    /// <summary>No rows.</summary>
    public ReminderTableData() => Reminders = [];

    /// <summary>These rows.</summary>
    public ReminderTableData(IEnumerable<ReminderEntry> list) => Reminders = [.. list];

    /// <summary>One row.</summary>
    public ReminderTableData(ReminderEntry entry) => Reminders = [entry];

    /// <summary>The rows.</summary>
    [Id(0)]
    public IList<ReminderEntry> Reminders { get; private set; }
}
