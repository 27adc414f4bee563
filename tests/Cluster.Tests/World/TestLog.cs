using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Coordinator.Cluster.Tests;

/// <summary>Keeps what the service logs: a test ends with no error line, and says what happened where it fails.</summary>
internal sealed class TestLog : ILoggerProvider
{
    private readonly ConcurrentQueue<(LogLevel Level, string Line)> _lines = [];

    public IEnumerable<string> Errors => _lines.Where(line => line.Level >= LogLevel.Error).Select(line => line.Line);

    public IEnumerable<string> All => _lines.Select(line => $"{line.Level}: {line.Line}");

    public string Everything => string.Join(Environment.NewLine, All);

    public string Tail => string.Join(Environment.NewLine, All.TakeLast(60));

    public ILogger CreateLogger(string categoryName) => new Lines(this, categoryName);

    public void Dispose()
    {
    }

    private sealed class Lines(TestLog log, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
            => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel >= LogLevel.Information || category.StartsWith("Coordinator", StringComparison.Ordinal))
            {
                log._lines.Enqueue((logLevel, $"{category}: {formatter(state, exception)} {exception}"));
            }
        }
    }
}
