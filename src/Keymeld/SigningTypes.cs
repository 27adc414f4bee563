using System.Collections.Immutable;
using Coordinator.Bitcoin;

namespace Coordinator.Keymeld;

/// <summary>One message to be signed remotely.</summary>
/// <param name="Id">Unique in the order.</param>
/// <param name="Message32">Signed as it is, 32 bytes.</param>
/// <param name="Adaptor">The adaptor point of an attested outcome; null for a plain signature.</param>
/// <param name="Subset">The subset that signs; null for everybody.</param>
public sealed record RemoteItem(Guid Id, byte[] Message32, PublicKey? Adaptor, Guid? Subset);

/// <summary>A batch of messages to be signed together.</summary>
/// <param name="Signing">New, made by the caller.</param>
/// <param name="Keygen">The completed keygen session.</param>
/// <param name="Timeout">1 s to 24 h, whole seconds.</param>
/// <param name="Items">1 to 100, at least one of everybody's so that each participant takes part.</param>
public sealed record SigningOrder(Guid Signing, Guid Keygen, TimeSpan Timeout, ImmutableArray<RemoteItem> Items)
{
    /// <summary>The most items of one signing session.</summary>
    public const int MostItems = 100;

    /// <summary>What is wrong with the order, one sentence each; empty where nothing.</summary>
    public IEnumerable<string> Complaints()
    {
        if (Items.Length is < 1 or > MostItems)
        {
            yield return $"{Items.Length} items; a signing session has 1 to {MostItems}";
        }

        if (Items.Select(item => item.Id).Distinct().Count() != Items.Length)
        {
            yield return "an item id is used twice";
        }

        if (Items.Any(item => item.Message32.Length != 32))
        {
            yield return "a message is not 32 bytes";
        }

        if (Timeout < TimeSpan.FromSeconds(1) || Timeout > KeygenPlan.LongestTimeout)
        {
            yield return $"a timeout of {Timeout}; a signing session lives 1 s to 24 h";
        }
    }
}

/// <summary>Where a signing session stands.</summary>
public enum SigningState
{
    /// <summary>Approvals are awaited.</summary>
    CollectingParticipants,

    /// <summary>Nonces are drawn.</summary>
    InitializingSession,

    /// <summary>Partial signatures are made.</summary>
    DistributingNonces,

    /// <summary>The coordinator enclave adds them up.</summary>
    FinalizingSignature,

    /// <summary>The results are there.</summary>
    Completed,

    /// <summary>There will be none.</summary>
    Failed,
}

/// <summary>A signing session now.</summary>
/// <param name="State">Where it stands.</param>
/// <param name="Expected">How many participants it has.</param>
/// <param name="Registered">How many of them are there.</param>
/// <param name="RequiringApproval">Whose approval is needed; told only while collecting.</param>
/// <param name="Approved">Who approved; told only while collecting.</param>
/// <param name="Results">By item id; normally empty until completed. Not verified: <see cref="ContractBatches.Read"/> does.</param>
public sealed record SigningStatus(
    SigningState State,
    int Expected,
    int Registered,
    ImmutableArray<Guid> RequiringApproval,
    ImmutableArray<Guid> Approved,
    IReadOnlyDictionary<Guid, RemoteSignature> Results);

/// <summary>What the enclaves made of one item; decrypted, not verified.</summary>
public abstract record RemoteSignature
{
    private RemoteSignature()
    {
    }

    /// <summary>A plain BIP-340 signature, 64 bytes; it spends at once.</summary>
    public sealed record Plain(byte[] Signature64) : RemoteSignature;

    /// <summary>An adaptor signature, 65 bytes: compressed nonce without the adaptor point ‖ s.</summary>
    public sealed record Adaptor(byte[] Signature65) : RemoteSignature;

    /// <summary>Neither: the enclaves' error, or what is wrong with what they sent.</summary>
    /// <param name="Detail">For people, cut.</param>
    public sealed record Failed(string Detail) : RemoteSignature;
}
