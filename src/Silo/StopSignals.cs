using System.Runtime.InteropServices;

namespace Coordinator.Silo;

/// <summary>SIGINT, SIGTERM and, where that is asked for, the end of standard input, from the first moment on: also while the process only stands by.</summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly PosixSignalRegistration[] _registrations;

    /// <param name="withInput">Whether the end of standard input counts: whoever started the process is gone.</param>
    public StopSignals(bool withInput)
    {
        _registrations = [PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop), PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop)];
        if (withInput)
        {
            var input = new Thread(() =>
            {
                _ = Console.In.ReadToEnd();
                _stop.Cancel();
            })
            { IsBackground = true, Name = "end of input" };
            input.Start();
        }
    }

    public CancellationToken Token => _stop.Token;

    /// <summary>The source stays: the input may still end.</summary>
    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }
    }

    private void Stop(PosixSignalContext context)
    {
        context.Cancel = true;
        _stop.Cancel();
    }
}
