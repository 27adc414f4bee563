using System.Collections.Immutable;
using Coordinator.Bitcoin;

namespace Coordinator.Dlc;

/// <summary>One signature that is not as it must be.</summary>
/// <param name="Item">The item's key, as in a SigMap: <c>att0</c>, <c>exp</c>, <c>att0:p1</c>.</param>
/// <param name="IsMissing">True where it is absent, false where it does not verify.</param>
public sealed record SignatureProblem(string Item, bool IsMissing)
{
    public override string ToString() => IsMissing ? $"the signature of {Item} is missing" : $"the signature of {Item} does not verify";
}

/// <summary>Verifies finished signatures against a contract that was built locally.</summary>
public static class SignatureCheck
{
    /// <summary>
    /// Checks every signature that this signer can claim with, all of them for the market maker; others are not looked at
    /// (dlctix02.md §7). An attested outcome must verify under its own locking point.
    /// </summary>
    /// <param name="signer">Whose claims; from <see cref="SigningItems.Find"/>, which knows no stranger.</param>
    /// <param name="signatures">The signatures, pruned for this signer or more.</param>
    /// <param name="runner">Who runs the work; the calling thread where null.</param>
    /// <returns>Every problem in the order of items; empty where all is well.</returns>
    public static ImmutableArray<SignatureProblem> Verify(SignerItems signer, ContractSignatures signatures, RangeRunner? runner = null)
    {
        var claims = signer.Claims;
        var found = new SignatureProblem?[claims.Count];
        (runner ?? RangeRunners.Sequential)(claims.Count, (from, to) =>
        {
            for (var i = from; i < to; i++)
            {
                found[i] = Problem(signer.AllItems, claims[i], signatures);
            }
        });
        return [.. found.OfType<SignatureProblem>()];
    }

    private static SignatureProblem? Problem(SigningItems items, int item, ContractSignatures signatures)
    {
        var shape = items.Shape;
        var keys = items.Keys(item);
        var message = items.Message(item);
        bool? holds;
        if (item < shape.Outcomes.Length && items.Adaptor(item) is { } adaptor)
        {
            holds = signatures.OutcomeSignature(shape.Outcomes[item].AttestationIndex)?.Verify(keys.Key, message, adaptor);
        }
        else
        {
            var signature = item < shape.Outcomes.Length
                ? shape.Outcomes[item].IsExpiry ? signatures.ExpirySignature : null
                : signatures.SplitSignature(shape.WinConditions[item - shape.Outcomes.Length]);
            holds = signature?.Verify(keys.XOnly, message);
        }

        return holds == true ? null : new SignatureProblem(shape.KeyAt(item), IsMissing: holds is null);
    }
}
