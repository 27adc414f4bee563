using System.Collections.Immutable;
using Coordinator.Bitcoin;
using Coordinator.Wallet;

namespace Coordinator.Grains;

/// <summary>What the wallet has promised: payments by owner and scripts by purpose.</summary>
public sealed record WalletDocument
{
    public int Schema { get; init; } = 1;

    public ImmutableArray<StoredPayment> Payments { get; init; } = [];

    /// <summary>Internal indices given out to sweep to.</summary>
    public ImmutableArray<StoredScript> Scripts { get; init; } = [];
}

/// <param name="Purpose">What the script is for.</param>
/// <param name="Index">Of the internal keychain.</param>
public sealed record StoredScript(string Purpose, uint Index);

/// <summary>A payment whose coins are reserved: enough to sign it again at any time.</summary>
/// <param name="Owner">The intent.</param>
/// <param name="Unsigned">Transaction in hex.</param>
/// <param name="Fee">Satoshis.</param>
/// <param name="BroadcastTxid">Once it may be out.</param>
public sealed record StoredPayment(
    string Owner, string Unsigned, long Fee, ImmutableArray<StoredInput> Inputs, uint? ChangeIndex, Keychain? ChangeChain, uint? ChangeKey, Txid? BroadcastTxid)
{
    public static StoredPayment Of(string owner, PreparedPayment payment) => new(
        owner,
        payment.Unsigned.ToHex(),
        payment.Fee.Value,
        [.. payment.Inputs.Select(input => new StoredInput(
            input.Output.Value, input.Output.ScriptPubKey, input.Derivation?.Keychain, input.Derivation?.Index))],
        payment.ChangeIndex,
        payment.ChangeDerivation?.Keychain,
        payment.ChangeDerivation?.Index,
        null);

    public PreparedPayment ToPayment() => new(
        Transaction.Parse(Unsigned),
        [.. Inputs.Select(input => new PreparedInput(new TxOut(input.Value, input.Script), At(input.Chain, input.Key)))],
        Satoshis.Of(Fee),
        ChangeIndex,
        At(ChangeChain, ChangeKey));

    /// <summary>The PSBT of the unsigned transaction: every input with the output it spends.</summary>
    public string ToPsbt()
    {
        var payment = ToPayment();
        var psbt = Psbt.Create(payment.Unsigned);
        for (var i = 0; i < payment.Inputs.Count; i++)
        {
            psbt.Inputs[i].WitnessUtxo = payment.Inputs[i].Output;
        }

        return psbt.ToBase64();
    }

    private static Derivation? At(Keychain? chain, uint? key) => chain is { } on && key is { } index ? new Derivation(on, index) : null;
}

public sealed record StoredInput(Satoshis Value, Script Script, Keychain? Chain, uint? Key);
