namespace Coordinator.Simulators.Keymeld;

/// <summary>What the world does to gateway and enclaves.</summary>
public sealed partial class KeymeldModel
{
    /// <summary>The gateway's process starts again: everything in memory is gone, signing sessions collect again.</summary>
    public void Restart()
    {
        lock (_gate)
        {
            _nonces.Clear();
            _opened.Clear();
            ForgetRounds(_ => true);
        }
    }

    /// <summary>An enclave starts again: one epoch later, with the same key or another; signing sessions it takes part in collect again.
    /// </summary>
    /// <exception cref="KeymeldRefusedException">404.</exception>
    public void RestartEnclave(int enclave, bool withNewKey, DateTimeOffset now) => ChangeEnclave(enclave, record => record with
    {
        Epoch = record.Epoch + 1,
        Secret = withNewKey ? NewSecret(_random) : record.Secret,
        KeySince = withNewKey ? At(now).ToUnixTimeSeconds() : record.KeySince,
    });

    /// <summary>An enclave answers nothing, or answers again.</summary>
    /// <exception cref="KeymeldRefusedException">404.</exception>
    public void SetDown(int enclave, bool isDown) => ChangeEnclave(enclave, record => record with { Down = isDown });

    /// <summary>Every step that needs the enclave takes so many ticks longer; 0 to 10,000.</summary>
    /// <exception cref="KeymeldRefusedException">404.</exception>
    public void SetSlow(int enclave, int ticks)
        => ChangeEnclave(enclave, record => record with { SlowTicks = Math.Clamp(ticks, 0, 10_000) });

    /// <summary>The gateway announces a key of its own instead of the enclave's, opens what is sent for it and passes it on; or stops to.
    /// </summary>
    /// <exception cref="KeymeldRefusedException">404.</exception>
    public void SwapKey(int enclave, bool isSwapped)
        => ChangeEnclave(enclave, record => record with { SwappedSecret = isSwapped ? NewSecret(_random) : null });

    private void ChangeEnclave(int enclave, Func<EnclaveRecord, EnclaveRecord> change) => Change(document =>
    {
        if (enclave < 0 || enclave >= document.Enclaves.Length)
        {
            throw KeymeldRefusedException.NotFound("Enclave not found");
        }

        var (before, after) = (document.Enclaves[enclave], change(document.Enclaves[enclave]));
        if (before.Epoch != after.Epoch)
        {
            _opened.Clear();
            ForgetRounds(keygen => keygen.Members.Any(member => member.Enclave == enclave) || keygen.CoordinatorEnclave == enclave);
        }

        return document with { Enclaves = document.Enclaves.SetItem(enclave, after) };
    });

    private void ForgetRounds(Func<KeygenRecord, bool> whose)
    {
        foreach (var (id, progress) in _progress.ToArray())
        {
            if (!_document.Signings.TryGetValue(id, out var signing)
                || !_document.Keygens.TryGetValue(signing.KeygenId, out var keygen) || whose(keygen))
            {
                _progress.Remove(id);
                progress.Forget();
            }
        }
    }
}
