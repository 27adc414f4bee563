using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Coordinator.Silo;

/// <summary>
/// One line for each log entry, on standard error: time, level, area, event, text; or the same and the entry's own values as one JSON object. Standard
/// output belongs to the ready line.
/// </summary>
/// <param name="clock">Of the lines' times.</param>
/// <param name="asJson">Whether lines are JSON.</param>
/// <param name="output">Where to; null is standard error.</param>
internal sealed class LineLoggerProvider(TimeProvider clock, bool asJson = false, TextWriter? output = null) : ILoggerProvider
{
    private readonly Lock _gate = new();

    public ILogger CreateLogger(string categoryName) => new LineLogger(this, categoryName[(categoryName.LastIndexOf('.') + 1)..]);

    public void Dispose()
    {
        // Nothing is held.
    }

    private void Write<TState>(LogLevel level, string area, EventId id, TState state, string text, Exception? exception)
    {
        var time = clock.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
        var line = asJson
            ? Json(time, level, area, id, state, text, exception)
            : $"{time} {Name(level)} {area}: {text}{(exception is null ? string.Empty : $"{Environment.NewLine}{exception}")}";
        lock (_gate)
        {
            (output ?? Console.Error).WriteLine(line);
        }
    }

    private static string Json<TState>(string time, LogLevel level, string area, EventId id, TState state, string text, Exception? exception)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("time", time);
            json.WriteString("level", Name(level));
            json.WriteString("area", area);
            json.WriteNumber("event", id.Id);
            json.WriteString("text", text);
            if (Activity.Current is { IdFormat: ActivityIdFormat.W3C, Recorded: true } span)
            {
                json.WriteString("trace_id", span.TraceId.ToString());
                json.WriteString("span_id", span.SpanId.ToString());
            }

            if (exception is not null)
            {
                json.WriteString("exception", exception.ToString());
            }

            json.WriteStartObject("values");
            foreach (var (name, value) in state as IEnumerable<KeyValuePair<string, object?>> ?? [])
            {
                if (name != "{OriginalFormat}")
                {
                    json.WriteString(name, Convert.ToString(value, CultureInfo.InvariantCulture));
                }
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static string Name(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        LogLevel.Error => "error",
        _ => "fatal",
    };

    private sealed class LineLogger(LineLoggerProvider owner, string area) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            => owner.Write(logLevel, area, eventId, state, formatter(state, exception), exception);
    }
}
