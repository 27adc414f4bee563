namespace Coordinator.Simulators.Keymeld;

/// <summary>Where this gateway departs from a good one. All off: a good and strict one.</summary>
public sealed record KeymeldBehaviour
{
    /// <summary>What it lets pass as the reference does.</summary>
    public KeymeldLeniency Leniency { get; init; } = new();

    /// <summary>Signs without waiting for approvals.</summary>
    public bool IgnoreApprovals { get; init; }

    /// <summary>Signing sessions never get past their first step.</summary>
    public bool NeverFinish { get; init; }

    /// <summary>One result of each signing session is wrong in one bit.</summary>
    public bool WrongSignature { get; init; }

    /// <summary>Shows another key as the aggregate.</summary>
    public bool WrongAggregate { get; init; }

    /// <summary>Answers adaptor items with plain signatures, which anybody could publish.</summary>
    public bool PlainInsteadOfAdaptor { get; init; }

    /// <summary>As the reference: a signing session that cannot go on stands still instead of failing.</summary>
    public bool HangInsteadOfFailing { get; init; }
}

/// <summary>What the reference accepts although it should not (keymeld.md §19). All off: strict.</summary>
public sealed record KeymeldLeniency
{
    /// <summary>A second registration replaces the first in the gateway's table, also after completion; the enclaves then keep the first.
    /// </summary>
    public bool ReplacesRegistrations { get; init; }

    /// <summary>Registers users who are not expected, and counts them.</summary>
    public bool AcceptsForeignUsers { get; init; }

    /// <summary>Does not compare <c>public_key</c> and <c>auth_pubkey</c> with the encrypted key; equal keys may have two names.</summary>
    public bool SkipsKeyChecks { get; init; }

    /// <summary>Lets anybody initialize a reserved session, with any secret.</summary>
    public bool AnybodyInitializes { get; init; }

    /// <summary>A captured session header is good for ever.</summary>
    public bool ReplaysSessionHeaders { get; init; }

    /// <summary>Does not look into batches: other messages than shown, joined adaptors, empty lists, members without work.</summary>
    public bool SignsAnything { get; init; }

    /// <summary>Garbage burns a user header's nonce: it is remembered before the signature is checked.</summary>
    public bool BurnsNonces { get; init; }

    /// <summary>An unknown user's status is a 500.</summary>
    public bool UnknownUserIsServerError { get; init; }

    /// <summary>Everything the reference accepts.</summary>
    public static KeymeldLeniency All { get; } = new()
    {
        ReplacesRegistrations = true,
        AcceptsForeignUsers = true,
        SkipsKeyChecks = true,
        AnybodyInitializes = true,
        ReplaysSessionHeaders = true,
        SignsAnything = true,
        BurnsNonces = true,
        UnknownUserIsServerError = true,
    };
}
