namespace Coordinator.Simulators.Chain;

/// <summary>A refusal in Bitcoin Core's words.</summary>
/// <param name="Code">−25 missing inputs, −26 refused by rules or policy, −27 already in the chain, −22 not a transaction.</param>
/// <param name="Message">Core's reject reason.</param>
public sealed record Rejection(int Code, string Message)
{
    internal static Rejection MissingInputs { get; } = new(-25, "bad-txns-inputs-missingorspent");

    internal static Rejection AlreadyInChain { get; } = new(-27, "Transaction outputs already in utxo set");

    internal static Rejection Because(string message) => new(-26, message);
}

/// <summary>What became of handing a transaction to the node.</summary>
/// <param name="Refused">Null where it is in the mempool now.</param>
/// <param name="Replaced">Txids it drove out, parents first.</param>
public sealed record Acceptance(Rejection? Refused, IReadOnlyList<Coordinator.Bitcoin.Txid> Replaced)
{
    public bool IsAccepted => Refused is null;

    internal static Acceptance No(Rejection refused) => new(refused, []);
}
