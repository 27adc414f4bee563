using Coordinator.Storage;
using Microsoft.Extensions.Logging;
using Orleans.Storage;

namespace Coordinator.Simulation;

/// <summary>What the service logs, in the trace. An error that nothing simulated explains is a violation.</summary>
internal sealed class SimLog(Trace trace, Action<Violation> report) : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => new Lines(this, categoryName.Split('.')[^1]);

    public void Dispose()
    {
    }

    private void Write(LogLevel level, string category, string text, Exception? exception)
    {
        trace.Add($"log {level} {category}: {text} {exception?.GetType().Name}".TrimEnd(), quiet: level < LogLevel.Information);
        if (level >= LogLevel.Error && exception is not null && !IsExpected(exception))
        {
            report(new Violation("no unexpected exception", $"{category}: {text}{Environment.NewLine}{exception}"));
        }
    }

    private static bool IsExpected(Exception exception)
        => exception is StorageException or OrleansException or TimeoutException or OperationCanceledException or InconsistentStateException
            || (exception.InnerException is { } inner && IsExpected(inner));

    private sealed class Lines(SimLog log, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
            => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel is not (LogLevel.None or LogLevel.Trace);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                log.Write(logLevel, category, formatter(state, exception), exception);
            }
        }
    }
}
