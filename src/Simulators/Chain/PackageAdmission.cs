using Coordinator.Bitcoin;

namespace Coordinator.Simulators.Chain;

/// <summary>Package submission: what can stand alone goes in alone, then what failed only for its fee goes in together with its children.</summary>
internal static class PackageAdmission
{
    public static IReadOnlyList<PackageMember> Submit(Admission admission, IReadOnlyList<Transaction> transactions)
    {
        if (Misshapen(transactions) is { } misshapen)
        {
            return [.. transactions.Select(transaction => new PackageMember(transaction, misshapen))];
        }

        var together = new List<Transaction>();
        var members = new List<PackageMember>();
        foreach (var transaction in transactions)
        {
            var refused = admission.Admit(transaction).Refused;
            var waits = refused is not null && (IsAboutFee(refused)
                || (refused == Rejection.MissingInputs && transaction.Inputs.Any(input => together.Exists(parent => parent.Txid == input.PreviousOutput.Txid))));
            if (waits)
            {
                together.Add(transaction);
            }

            // An ancestor that is in the chain already is no obstacle.
            members.Add(new PackageMember(transaction, refused == Rejection.AlreadyInChain ? null : refused));
        }

        if (together.Count == 0)
        {
            return members;
        }

        var joint = admission.AdmitTogether(together).Refused;
        return [.. members.Select(member => together.Contains(member.Transaction) ? member with { Refused = joint } : member)];
    }

    /// <summary>What is wrong with the package as such, before any of it is looked at.</summary>
    private static Rejection? Misshapen(IReadOnlyList<Transaction> transactions)
    {
        var inputs = transactions.SelectMany(transaction => transaction.Inputs.Select(input => input.PreviousOutput).Distinct()).ToList();
        return transactions.DistinctBy(transaction => transaction.Txid).Count() != transactions.Count ? Rejection.Because("package-contains-duplicates")
            : inputs.Distinct().Count() != inputs.Count ? Rejection.Because("conflict-in-package")
            : null;
    }

    private static bool IsAboutFee(Rejection refused)
        => refused.Message.StartsWith("min relay fee", StringComparison.Ordinal) || refused.Message.StartsWith("mempool min fee", StringComparison.Ordinal);
}
