using System.Collections.Immutable;

namespace Coordinator.Simulators.Keymeld;

/// <summary>Where a signing session is between collecting and its end.</summary>
internal enum SigningPhase
{
    Collecting,
    Initializing,
    Distributing,
    Finalizing,
}

/// <summary>What memory holds of a session that is being worked on. Never kept. Phase, <see cref="IsBusy"/> and <see cref="Waited"/> are
/// the model's, under its lock; the rest belongs to the one step that is running.</summary>
internal sealed class SessionProgress
{
    private BatchWork? _work;

    internal SigningPhase Phase { get; set; }

    internal bool IsBusy { get; set; }

    internal int Waited { get; set; }

    internal SigningRound? Round { get; private set; }

    internal ImmutableArray<ItemResultRecord>? Results { get; private set; }

    /// <exception cref="EnclaveStuckException">A member has nothing to sign: the reference's enclaves wait for it for ever.</exception>
    internal void Open(BatchWork work, Guid session)
    {
        if (work.Idle().FirstOrDefault() is var idle && idle != Guid.Empty)
        {
            throw new EnclaveStuckException($"participant {idle:D} takes part in no item of the batch");
        }

        _work = work;
        Round = work.Round(session);
        Round.DrawNonces();
    }

    internal void Finish() => Results = _work!.Results(Round!.Finish());

    /// <summary>Wipes the secret nonces. While a step is running the round is that step's: it forgets it when it ends and finds itself replaced.</summary>
    internal void Forget()
    {
        if (!IsBusy)
        {
            Round?.Dispose();
        }
    }
}
