using System.Collections.Immutable;
using Coordinator.Bitcoin;
using Coordinator.Keymeld;

namespace Coordinator.Simulators.Keymeld;

/// <summary>What happens behind the answers: one step per tick and session.</summary>
public sealed partial class KeymeldModel
{
    private readonly Lock _passing = new();
    private DateTimeOffset? _lastTick;

    /// <summary>Makes the ticks that are due, at most 256, everything on this thread. Does nothing while another thread does it.</summary>
    public void CatchUp(DateTimeOffset now)
    {
        if (!_passing.TryEnter())
        {
            return;
        }

        try
        {
            _lastTick ??= now;
            var ticks = _tick > TimeSpan.Zero ? Math.Clamp((now - _lastTick.Value) / _tick, 0, 256) : 1;
            for (var tick = 1; tick <= (int)ticks; tick++)
            {
                Tick(now);
            }

            _lastTick = ticks >= 1 ? now - (_tick * (ticks >= 256 ? 0 : ticks - (int)ticks)) : _lastTick;
        }
        finally
        {
            _passing.Exit();
        }
    }

    /// <summary>One tick, everything on this thread.</summary>
    public void Tick(DateTimeOffset now)
    {
        foreach (var step in TakeSteps(now))
        {
            step();
        }
    }

    /// <summary>One tick: drops what has expired and gives the steps that are due, to be run once each, on any threads.</summary>
    public IReadOnlyList<Action> TakeSteps(DateTimeOffset now)
    {
        Change(document => Sweep(document, At(now)));
        lock (_gate)
        {
            var steps = new List<Action>();
            foreach (var keygen in _document.Keygens.Values.Where(IsComplete))
            {
                steps.Add(() => CompleteKeygen(keygen));
            }

            foreach (var signing in _document.Signings.Values.Where(signing => signing is { Results: null, Failure: null }))
            {
                if (Due(signing) is { } step)
                {
                    steps.Add(step);
                }
            }

            return steps;
        }
    }

    private KeymeldDocument Sweep(KeymeldDocument document, DateTimeOffset now)
    {
        var seconds = now.ToUnixTimeSeconds();
        var keygens = document.Keygens.Values.Where(keygen => keygen.ExpiresAt <= seconds).Select(keygen => keygen.Id).ToHashSet();
        var signings = document.Signings.Values
            .Where(signing => signing.ExpiresAt <= seconds || keygens.Contains(signing.KeygenId)).Select(signing => signing.Id).ToArray();
        if (keygens.Count == 0 && signings.Length == 0)
        {
            return document;
        }

        foreach (var id in signings)
        {
            if (_progress.Remove(id, out var progress))
            {
                progress.Forget();
            }
        }

        foreach (var id in keygens)
        {
            _opened.Remove(id);
            _progress.Remove(id);
        }

        return document with { Keygens = document.Keygens.RemoveRange(keygens), Signings = document.Signings.RemoveRange(signings) };
    }

    /// <summary>Everybody is registered, with keys and epochs that are still the enclaves'.</summary>
    private bool IsComplete(KeygenRecord keygen)
        => keygen.Stage == KeygenStage.Collecting
        && keygen.Registrations.Count >= keygen.Expected.Length
        && keygen.Registrations.Values.All(member =>
            (member.Epoch == 0 || member.Epoch == _document.Enclaves[member.Enclave].Epoch) && !_document.Enclaves[member.Enclave].Down)
        && !_document.Enclaves[keygen.CoordinatorEnclave].Down
        && Waited(keygen.Id, keygen.Registrations.Values);

    /// <summary>Whether a step that needs these members' enclaves may be made now; counts the ticks that slow ones take longer.</summary>
    private bool Waited(Guid session, IEnumerable<RegistrationRecord> members)
    {
        var progress = Progress(session);
        if (progress.Waited++ < members.Max(member => _document.Enclaves[member.Enclave].SlowTicks))
        {
            return false;
        }

        progress.Waited = 0;
        return true;
    }

    private SessionProgress Progress(Guid session)
        => _progress.TryGetValue(session, out var progress) ? progress : _progress[session] = new SessionProgress();

    private void CompleteKeygen(KeygenRecord keygen)
    {
        ImmutableArray<RegistrationRecord> members = [.. keygen.Registrations.Values];
        KeygenSecrets secrets;
        try
        {
            secrets = KeygenSecrets.Open(Export(), keygen, members);
        }
        catch (EnclaveStuckException)
        {
            return; // as the reference: tried again at every tick until the session expires
        }

        var completed = keygen with
        {
            Stage = KeygenStage.Completed,
            Members = members,
            EncryptedAggregate = SymmetricEnvelope.Encrypt(
                secrets.Secret, EnvelopeContext.AggregatePublicKey, secrets.SessionKey.Key.Bytes),
            EncryptedSubsetAggregates = keygen.Subsets.ToImmutableSortedDictionary(
                subset => subset.Id,
                subset => SymmetricEnvelope.Encrypt(
                    secrets.Secret, EnvelopeContext.SubsetAggregatePublicKey, secrets.Subset(subset.Id)!.Keys.Key.Bytes)),
        };
        Change(document =>
        {
            if (!document.Keygens.TryGetValue(keygen.Id, out var current) || !ReferenceEquals(current, keygen))
            {
                return document;
            }

            _opened[keygen.Id] = secrets;
            _progress.Remove(keygen.Id);
            return Put(document, completed);
        });
    }

    /// <summary>The signing session's next step, or null where it has to wait.</summary>
    private Action? Due(SigningRecord signing)
    {
        if (!_document.Keygens.TryGetValue(signing.KeygenId, out var keygen))
        {
            return null;
        }

        var progress = Progress(signing.Id);
        if (progress.IsBusy || _document.Behaviour.NeverFinish
            || keygen.Members.Any(member => _document.Enclaves[member.Enclave].Down)
            || _document.Enclaves[keygen.CoordinatorEnclave].Down
            || (progress.Phase == SigningPhase.Collecting && !IsApproved(keygen, signing))
            || !Waited(signing.Id, keygen.Members))
        {
            return null;
        }

        if (progress.Phase == SigningPhase.Collecting)
        {
            progress.Phase = SigningPhase.Initializing;
            return null;
        }

        progress.IsBusy = true;
        return () => Step(keygen, signing, progress);
    }

    private bool IsApproved(KeygenRecord keygen, SigningRecord signing)
        => _document.Behaviour.IgnoreApprovals
        || keygen.Registrations.Values.All(member => !member.RequireApproval || signing.Approved.Contains(member.User));

    private void Step(KeygenRecord keygen, SigningRecord signing, SessionProgress progress)
    {
        string? failure = null;
        try
        {
            Work(keygen, signing, progress);
        }
        catch (Exception failed) when (failed is not OutOfMemoryException)
        {
            failure = failed is MuSigException or EnclaveStuckException or KeymeldRefusedException ? failed.Message : failed.GetType().Name;
        }

        Change(document =>
        {
            progress.IsBusy = false;
            if (!_progress.TryGetValue(signing.Id, out var current) || !ReferenceEquals(current, progress)
                || !document.Signings.TryGetValue(signing.Id, out var latest))
            {
                progress.Forget(); // a restart came in between: nothing of this round is used
                return document;
            }

            return failure is null ? Advance(document, latest, progress) : Fail(document, latest, progress, failure);
        });
    }

    private KeymeldDocument Advance(KeymeldDocument document, SigningRecord signing, SessionProgress progress)
    {
        if (progress.Results is not { } results)
        {
            progress.Phase++;
            return document;
        }

        _progress.Remove(signing.Id);
        return Put(document, signing with { Results = results });
    }

    private KeymeldDocument Fail(KeymeldDocument document, SigningRecord signing, SessionProgress progress, string failure)
    {
        progress.Forget();
        if (document.Behaviour.HangInsteadOfFailing)
        {
            return document;
        }

        _progress.Remove(signing.Id);
        return Put(document, signing with { Failure = failure });
    }

    private void Work(KeygenRecord keygen, SigningRecord signing, SessionProgress progress)
    {
        switch (progress.Phase)
        {
            case SigningPhase.Initializing:
                KeygenSecrets keys;
                KeymeldBehaviour behaviour;
                lock (_gate)
                {
                    (keys, behaviour) = (Opened(_document, keygen), _document.Behaviour);
                }

                progress.Open(BatchWork.Open(keys, behaviour, signing.Items), signing.Id);
                break;
            case SigningPhase.Distributing:
                progress.Round?.Sign();
                break;
            default:
                progress.Finish();
                break;
        }
    }
}
