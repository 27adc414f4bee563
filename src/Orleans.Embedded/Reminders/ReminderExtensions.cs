using Microsoft.Extensions.DependencyInjection;
using Orleans.Embedded;
using Orleans.Timers;

namespace Orleans.Timers
{
    /// <summary>Registers reminders of grains. For the calling grain use the extension methods on the grain instead.</summary>
    public interface IReminderRegistry
    {
        /// <summary>Sets a reminder, replacing one of the same name.</summary>
        Task<IGrainReminder> RegisterOrUpdateReminder(GrainId callingGrainId, string reminderName, TimeSpan dueTime, TimeSpan period);

        /// <summary>Removes a reminder.</summary>
        Task UnregisterReminder(GrainId callingGrainId, IGrainReminder reminder);

        /// <summary>A reminder; null when there is none of that name.</summary>
        Task<IGrainReminder?> GetReminder(GrainId callingGrainId, string reminderName);

        /// <summary>Every reminder of the grain.</summary>
        Task<List<IGrainReminder>> GetReminders(GrainId callingGrainId);
    }
}

namespace Orleans
{
    /// <summary>Durable reminders, from within a grain that is <see cref="IRemindable"/>.</summary>
    public static class GrainReminderExtensions
    {
        /// <summary>Sets a reminder, replacing one of the same name.</summary>
        /// <param name="dueTime">Until the first tick; not negative.</param>
        /// <param name="period">Between ticks; at least <see cref="Hosting.ReminderOptions.MinimumReminderPeriod"/>.</param>
        /// <exception cref="ArgumentException">The period is too short.</exception>
        /// <exception cref="ArgumentOutOfRangeException">A time is negative or infinite.</exception>
        /// <exception cref="InvalidOperationException">Called outside of a grain, or the grain is not <see cref="IRemindable"/>.</exception>
        public static Task<IGrainReminder> RegisterOrUpdateReminder(this IGrainBase grain, string reminderName, TimeSpan dueTime, TimeSpan period)
            => Registry(grain, remindable: true).RegisterOrUpdateReminder(grain.GrainContext.GrainId, reminderName, dueTime, period);

        /// <summary>Removes a reminder.</summary>
        /// <exception cref="ReminderException">It is gone already, or was changed since it was read.</exception>
        public static Task UnregisterReminder(this IGrainBase grain, IGrainReminder reminder)
            => Registry(grain, remindable: false).UnregisterReminder(grain.GrainContext.GrainId, reminder);

        /// <summary>A reminder of this grain; null when there is none of that name.</summary>
        public static Task<IGrainReminder?> GetReminder(this IGrainBase grain, string reminderName)
            => Registry(grain, remindable: false).GetReminder(grain.GrainContext.GrainId, reminderName);

        /// <summary>Every reminder of this grain.</summary>
        public static Task<List<IGrainReminder>> GetReminders(this IGrainBase grain)
            => Registry(grain, remindable: false).GetReminders(grain.GrainContext.GrainId);

        private static IReminderRegistry Registry(IGrainBase grain, bool remindable)
        {
            ArgumentNullException.ThrowIfNull(grain);
            if (grain.GrainContext is not Activation activation)
            {
                throw new InvalidOperationException("Reminders need a grain that lives in a silo.");
            }
            activation.CheckAccess();
            if (remindable && grain is not IRemindable)
            {
                throw new InvalidOperationException($"{grain.GetType()} does not implement {nameof(IRemindable)}.");
            }
            return activation.Silo.ServiceProvider.GetService<IReminderRegistry>()
                ?? throw new OrleansConfigurationException("No reminder service is configured: call AddReminders, and give it an IReminderTable.");
        }
    }
}
