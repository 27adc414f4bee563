using System.Globalization;

namespace Orleans.Embedded;

/// <summary>Reminder rows in memory, copied on the way in and out.</summary>
internal sealed class MemoryReminderTable : IReminderTable
{
    private readonly Lock _gate = new();
    private readonly List<ReminderEntry> _rows = [];
    private long _version;

    public Task<ReminderTableData> ReadRows(GrainId grainId) => Task.FromResult(Where(row => row.GrainId == grainId));

    public Task<ReminderTableData> ReadRows(uint begin, uint end) => Task.FromResult(Where(row =>
    {
        var hash = row.GrainId.GetUniformHashCode();
        return begin < end ? hash > begin && hash <= end : hash > begin || hash <= end;
    }));

    public Task<ReminderEntry?> ReadRow(GrainId grainId, string reminderName)
        => Task.FromResult(Where(row => IsAt(row, grainId, reminderName)).Reminders.FirstOrDefault());

    public Task<string?> UpsertRow(ReminderEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        lock (_gate)
        {
            _rows.RemoveAll(row => IsAt(row, entry.GrainId, entry.ReminderName));
            var stored = Copy(entry);
            stored.ETag = (++_version).ToString(CultureInfo.InvariantCulture);
            _rows.Add(stored);
            return Task.FromResult<string?>(stored.ETag);
        }
    }

    public Task<bool> RemoveRow(GrainId grainId, string reminderName, string eTag)
    {
        lock (_gate)
        {
            return Task.FromResult(_rows.RemoveAll(row => IsAt(row, grainId, reminderName) && string.Equals(row.ETag, eTag, StringComparison.Ordinal)) > 0);
        }
    }

    public Task TestOnlyClearTable()
    {
        lock (_gate)
        {
            _rows.Clear();
        }
        return Task.CompletedTask;
    }

    private static bool IsAt(ReminderEntry row, GrainId grainId, string name)
        => row.GrainId == grainId && string.Equals(row.ReminderName, name, StringComparison.Ordinal);

    private static ReminderEntry Copy(ReminderEntry row)
        => new() { GrainId = row.GrainId, ReminderName = row.ReminderName, StartAt = row.StartAt, Period = row.Period, ETag = row.ETag };

    private ReminderTableData Where(Predicate<ReminderEntry> asked)
    {
        lock (_gate)
        {
            return new(_rows.FindAll(asked).Select(Copy));
        }
    }
}
