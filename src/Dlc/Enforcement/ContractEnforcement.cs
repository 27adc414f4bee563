using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Coordinator.Bitcoin;

namespace Coordinator.Dlc;

/// <summary>A transaction that spends the funding output, recognised.</summary>
/// <param name="Outcome">The outcome it belongs to.</param>
/// <param name="Attestation">The oracle's scalar, read off the signature; null for the expiry. The caller disposes it.</param>
public readonly record struct FundingSpend(Outcome Outcome, SecretKey? Attestation);

/// <summary>
/// What a signed contract puts on chain: outcome, expiry and split transactions, complete. A player's contract may hold the pruned
/// signatures only; what they do not cover is refused by name.
/// </summary>
public static class ContractEnforcement
{
    /// <summary>Makes a signed contract only where every signature that this key can claim with is there and verifies.</summary>
    /// <param name="dlc">Built here, never taken from elsewhere.</param>
    /// <param name="signatures">All of them, or those pruned for this key.</param>
    /// <param name="holder">A player's or the market maker's key.</param>
    /// <param name="contract">The contract.</param>
    /// <param name="problems">What is missing or wrong.</param>
    /// <param name="runner">How the work is spread; one after the other where null.</param>
    /// <exception cref="ArgumentException">The key is nobody's of this contract.</exception>
    public static bool TryVerify(
        TicketedDlc dlc,
        ContractSignatures signatures,
        PublicKey holder,
        [NotNullWhen(true)] out SignedContract? contract,
        out ImmutableArray<SignatureProblem> problems,
        RangeRunner? runner = null)
    {
        var signer = dlc.SigningItems().Find(holder) ?? throw new ArgumentException($"{holder} is no party of this contract", nameof(holder));
        problems = SignatureCheck.Verify(signer, signatures, runner);
        contract = problems.IsEmpty ? new SignedContract(dlc, signatures) : null;
        return contract is not null;
    }

    /// <summary>Completes the outcome transaction with the oracle's attestation.</summary>
    /// <param name="outcome">The outcome attested to; see <see cref="TicketedDlc.FindOutcome"/>.</param>
    /// <param name="attestation32">The scalar behind the outcome's locking point.</param>
    /// <exception cref="SpendRefusedException">Another outcome's attestation, or no signature for this outcome is held.</exception>
    public static Transaction OutcomeTransaction(this SignedContract contract, Outcome outcome, ReadOnlySpan<byte> attestation32)
    {
        if (outcome.IsExpiry || !contract.Dlc.Pays(outcome))
        {
            throw new SpendRefusedException($"{outcome} has no transaction that an attestation completes");
        }

        using var scalar = SecretKey.TryFrom(attestation32);
        if (scalar is null || !scalar.PublicKey.Equals(contract.Dlc.LockingPoint(outcome)))
        {
            throw new SpendRefusedException($"this is not the attestation of {outcome}");
        }

        var signature = contract.Signatures.OutcomeSignature(outcome.AttestationIndex)?.Adapt(scalar)
            ?? throw new SpendRefusedException($"no signature for {outcome} is held");
        return contract.Dlc.OutcomeTransaction(outcome).WithWitness(0, signature.ToBytes());
    }

    /// <summary>The signed expiry transaction; may be mined once the median time past is above the event's expiry.</summary>
    /// <exception cref="SpendRefusedException">The contract pays nobody at expiry, or no signature for it is held.</exception>
    public static Transaction ExpiryTransaction(this SignedContract contract)
    {
        if (!contract.Dlc.Pays(Outcome.Expiry) || contract.Signatures.ExpirySignature is not { } signature)
        {
            throw new SpendRefusedException("no signature for the expiry is held");
        }

        return contract.Dlc.OutcomeTransaction(Outcome.Expiry).WithWitness(0, signature.ToBytes());
    }

    /// <summary>The signed split transaction by a winner's leaf; may be mined Δ blocks after the outcome transaction.</summary>
    /// <param name="win">The winner through whose leaf it goes.</param>
    /// <param name="ticketPreimage">32 bytes that open that winner's ticket hash.</param>
    /// <exception cref="SpendRefusedException">Another preimage, or no signature for this winner's leaf is held.</exception>
    public static Transaction SplitTransaction(this SignedContract contract, WinCondition win, ReadOnlySpan<byte> ticketPreimage)
    {
        _ = contract.Dlc.PositionOf(win);
        if (!contract.Dlc.Parameters.Players[win.PlayerIndex].TicketHash.IsOpenedBy(ticketPreimage))
        {
            throw new SpendRefusedException($"this is not the ticket preimage of player {win.PlayerIndex}");
        }

        var signature = contract.Signatures.SplitSignature(win) ?? throw new SpendRefusedException($"no signature for {win} is held");
        var output = contract.Dlc.OutcomeOutput(win.Outcome);
        var leaf = output.SplitLeafOf(win.PlayerIndex);
        return contract.Dlc.SplitTransaction(win.Outcome).WithWitness(
            0, signature.ToBytes(), ticketPreimage.ToArray(), leaf.Script.ToBytes(), output.Taproot.ControlBlock(leaf).ToBytes());
    }

    /// <summary>
    /// Which outcome a transaction that spends the funding output belongs to, with the attestation that it reveals. Null for any other
    /// transaction, a cooperative close included. Needs this outcome's adaptor signature to reveal.
    /// </summary>
    public static FundingSpend? Recognise(this SignedContract contract, Transaction transaction)
    {
        if (transaction.Inputs is not [var input] || input.PreviousOutput != contract.Dlc.FundingOutpoint)
        {
            return null;
        }

        FundingSpend? unrevealed = null;
        foreach (var (outcome, _) in contract.Dlc.Outcomes.Where(entry => contract.Dlc.OutcomeTxid(entry.Outcome) == transaction.Txid))
        {
            if (outcome.IsExpiry)
            {
                return new FundingSpend(outcome, null);
            }

            if (Reveal(contract, outcome, input) is { } attestation)
            {
                return new FundingSpend(outcome, attestation);
            }

            unrevealed ??= new FundingSpend(outcome, null);
        }

        return contract.Dlc.Parameters.OutcomeBoundSplits ? unrevealed : null;
    }

    private static SecretKey? Reveal(SignedContract contract, Outcome outcome, TxIn input)
    {
        if (input.Witness is not [{ } element] || CompactSignature.TryFrom(element) is not { } completed)
        {
            return null;
        }

        var scalar = contract.Signatures.OutcomeSignature(outcome.AttestationIndex)?.Reveal(completed);
        if (scalar is null || scalar.PublicKey.Equals(contract.Dlc.LockingPoint(outcome)))
        {
            return scalar;
        }

        scalar.Dispose();
        return null;
    }
}
