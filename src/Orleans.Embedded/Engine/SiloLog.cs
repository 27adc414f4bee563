using Microsoft.Extensions.Logging;

namespace Orleans.Embedded;

/// <summary>What the engine logs. Event ids are stable.</summary>
internal static partial class SiloLog
{
    [LoggerMessage(1001, LogLevel.Information, "Silo {Silo} is active")]
    public static partial void Active(ILogger log, string silo);

    [LoggerMessage(1002, LogLevel.Information, "Silo {Silo} has stopped")]
    public static partial void Stopped(ILogger log, string silo);

    [LoggerMessage(1003, LogLevel.Error, "Stopping {Part} failed")]
    public static partial void StopFailed(ILogger log, string part, Exception error);

    [LoggerMessage(1004, LogLevel.Warning, "Grain {Grain} did not end in time and was dropped")]
    public static partial void Dropped(ILogger log, GrainId grain);

    [LoggerMessage(1101, LogLevel.Error, "Grain {Grain} failed to activate")]
    public static partial void ActivationFailed(ILogger log, GrainId grain, Exception error);

    [LoggerMessage(1102, LogLevel.Error, "Grain {Grain} failed while it was being deactivated")]
    public static partial void DeactivationFailed(ILogger log, GrainId grain, Exception error);

    [LoggerMessage(1201, LogLevel.Error, "A timer of grain {Grain} failed")]
    public static partial void TimerFailed(ILogger log, GrainId grain, Exception error);

    [LoggerMessage(1301, LogLevel.Error, "Reminder {Reminder} of grain {Grain} failed")]
    public static partial void ReminderFailed(ILogger log, GrainId grain, string reminder, Exception error);

    [LoggerMessage(1302, LogLevel.Error, "The reminder table could not be read; trying again at the next refresh")]
    public static partial void ReminderRefreshFailed(ILogger log, Exception error);
}
