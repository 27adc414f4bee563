using Xunit.Abstractions;
using Xunit.Sdk;

namespace Coordinator.EndToEnd.Tests;

/// <summary>What a test wants to be read although it passed: numbers, and how long it took.</summary>
public sealed class Told(IMessageSink sink)
{
    public void Say(string line) => sink.OnMessage(new DiagnosticMessage(line));
}
