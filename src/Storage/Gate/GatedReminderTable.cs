namespace Coordinator.Storage;

/// <summary>Reminders behind a gate. Operations: <c>reminder.read</c>, <c>reminder.upsert</c>, <c>reminder.remove</c>.</summary>
internal sealed class GatedReminderTable(IReminderTable inner, IStorageGate gate) : IReminderTable
{
    public Task<ReminderTableData> ReadRows(GrainId grainId) => gate.PassAsync("reminder.read", () => inner.ReadRows(grainId));

    public Task<ReminderTableData> ReadRows(uint begin, uint end) => gate.PassAsync("reminder.read", () => inner.ReadRows(begin, end));

    public Task<ReminderEntry?> ReadRow(GrainId grainId, string reminderName)
        => gate.PassAsync("reminder.read", () => inner.ReadRow(grainId, reminderName));

    public Task<string?> UpsertRow(ReminderEntry entry) => gate.PassAsync("reminder.upsert", () => inner.UpsertRow(entry));

    public Task<bool> RemoveRow(GrainId grainId, string reminderName, string eTag)
        => gate.PassAsync("reminder.remove", () => inner.RemoveRow(grainId, reminderName, eTag));

    public Task TestOnlyClearTable() => inner.TestOnlyClearTable();
}
