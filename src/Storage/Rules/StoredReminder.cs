namespace Coordinator.Storage;

/// <summary>What every reminder table does to a row, so that they cannot differ in it.</summary>
internal static class StoredReminder
{
    /// <summary>UTC ticks; a time without a zone is taken as UTC.</summary>
    public static long UtcTicks(DateTime time) => time.Kind == DateTimeKind.Local ? time.ToUniversalTime().Ticks : time.Ticks;

    public static ReminderEntry Entry(GrainId grain, string name, long startAtTicks, long periodTicks, long etag) => new()
    {
        GrainId = grain,
        ReminderName = name,
        StartAt = new DateTime(startAtTicks, DateTimeKind.Utc),
        Period = TimeSpan.FromTicks(periodTicks),
        ETag = StoredDocument.Text(etag),
    };
}
