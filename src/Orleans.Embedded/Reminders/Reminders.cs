namespace Orleans
{
    /// <summary>A grain that can be reminded.</summary>
    public interface IRemindable : IGrain
    {
        /// <summary>A reminder is due. It may come late, twice or not at all: decide from the clock and the state.</summary>
        Task ReceiveReminder(string reminderName, TickStatus status);
    }
}

namespace Orleans.Runtime
{
    /// <summary>A durable reminder of one grain.</summary>
    public interface IGrainReminder
    {
        /// <summary>The name, unique per grain.</summary>
        string ReminderName { get; }
    }

    /// <summary>When a reminder began, how often it ticks, and which tick this is. All times are UTC.</summary>
    [GenerateSerializer]
    [Alias("Orleans.Runtime.TickStatus")]
    public readonly struct TickStatus
    {
        /// <summary>Sets all members.</summary>
        public TickStatus(DateTime firstTickTime, TimeSpan period, DateTime timeStamp)
        {
            FirstTickTime = firstTickTime;
            Period = period;
            CurrentTickTime = timeStamp;
        }

        /// <summary>The scheduled time of the first tick.</summary>
        [Id(0)]
        public DateTime FirstTickTime { get; }

        /// <summary>The time between ticks.</summary>
        [Id(1)]
        public TimeSpan Period { get; }

        /// <summary>When this tick was sent.</summary>
        [Id(2)]
        public DateTime CurrentTickTime { get; }
    }
}

namespace Orleans.Hosting
{
    /// <summary>Settings of the reminder service.</summary>
    public sealed class ReminderOptions
    {
        /// <summary>The shortest period a grain may ask for; one minute by default.</summary>
        public TimeSpan MinimumReminderPeriod { get; set; } = TimeSpan.FromMinutes(1);

        /// <summary>How often the table is read again for rows written by others; five minutes by default.</summary>
        public TimeSpan RefreshReminderListPeriod { get; set; } = TimeSpan.FromMinutes(5);

        /// <summary>How far ahead a clock timer is armed; a later tick is armed again on the way. Ten minutes by default.</summary>
        public TimeSpan ReminderLoadingWindow { get; set; } = TimeSpan.FromMinutes(10);

        /// <summary>How long the table may take to start; five minutes by default.</summary>
        public TimeSpan InitializationTimeout { get; set; } = TimeSpan.FromMinutes(5);
    }
}
