namespace Coordinator.Storage;

/// <summary>The in-memory twin of stored reminders.</summary>
public sealed class MemoryReminderTable(MemoryDisk disk) : IReminderTable
{
    /// <inheritdoc/>
    public Task<ReminderTableData> ReadRows(GrainId grainId) => ReadAsync((id, _) => id == grainId);

    /// <inheritdoc/>
    public Task<ReminderTableData> ReadRows(uint begin, uint end) => begin < end
        ? ReadAsync((_, row) => row.Hash > begin && row.Hash <= end)
        : ReadAsync((_, row) => row.Hash > begin || row.Hash <= end);

    /// <inheritdoc/>
    public async Task<ReminderEntry?> ReadRow(GrainId grainId, string reminderName)
    {
        var row = await disk.ReadAsync(content => content.Reminders.GetValueOrDefault((grainId.ToString(), reminderName)));
        return row is null ? null : Entry(grainId, reminderName, row);
    }

    /// <inheritdoc/>
    public async Task<string?> UpsertRow(ReminderEntry entry)
    {
        var key = (entry.GrainId.ToString(), entry.ReminderName);
        var row = new MemoryDisk.ReminderRow(
            entry.GrainId.GetUniformHashCode(), StoredReminder.UtcTicks(entry.StartAt), entry.Period.Ticks, Etag: 1);
        var etag = await disk.WriteAsync(content =>
        {
            var next = row with { Etag = (content.Reminders.GetValueOrDefault(key)?.Etag ?? 0) + 1 };
            return (content with { Reminders = content.Reminders.SetItem(key, next) }, next.Etag);
        });
        return StoredDocument.Text(etag);
    }

    /// <inheritdoc/>
    public async Task<bool> RemoveRow(GrainId grainId, string reminderName, string eTag)
    {
        var key = (grainId.ToString(), reminderName);
        return await disk.WriteAsync(content =>
            content.Reminders.TryGetValue(key, out var row) && row.Etag == StoredDocument.Expected(eTag)
                ? (content with { Reminders = content.Reminders.Remove(key) }, true)
                : (content, false));
    }

    /// <inheritdoc/>
    public Task TestOnlyClearTable() => disk.WriteAsync(content => (content with { Reminders = content.Reminders.Clear() }, true));

    private async Task<ReminderTableData> ReadAsync(Func<GrainId, MemoryDisk.ReminderRow, bool> chosen)
    {
        var rows = await disk.ReadAsync(content => content.Reminders.ToList());
        return new ReminderTableData(rows
            .Select(line => (Grain: GrainId.Parse(line.Key.Grain), line.Key.Name, Row: line.Value))
            .Where(line => chosen(line.Grain, line.Row))
            .Select(line => Entry(line.Grain, line.Name, line.Row)));
    }

    private static ReminderEntry Entry(GrainId grain, string name, MemoryDisk.ReminderRow row)
        => StoredReminder.Entry(grain, name, row.StartAtTicks, row.PeriodTicks, row.Etag);
}
