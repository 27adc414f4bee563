namespace Coordinator.Grains;

/// <summary>
/// Who first used a key or a hash, over all competitions and for ever (D39). Keyed by kind and first hex digits, so that many are taken side by side:
/// see <see cref="Claims"/>.
/// </summary>
[Alias("coordinator.IClaimGrain")]
public interface IClaimGrain : IGrainWithStringKey
{
    /// <summary>Takes a value for an owner; on disk when it returns. Safe to repeat.</summary>
    /// <param name="value">Hex.</param>
    /// <param name="owner">Whoever may use it from now on.</param>
    /// <returns>True where it is this owner's, from now or before.</returns>
    [Alias("claim")]
    Task<bool> ClaimAsync(string value, string owner);
}

/// <summary>Names of claims.</summary>
public static class Claims
{
    /// <summary>x coordinates of DLC keys.</summary>
    public const string Key = "key";

    /// <summary>Payment hashes: of tickets, of payouts, of ordinary invoices.</summary>
    public const string Hash = "hash";

    private const int ShardDigits = 4;

    /// <summary>Takes a value of a kind; see <see cref="IClaimGrain.ClaimAsync"/>.</summary>
    /// <param name="value">64 hex digits, lower case.</param>
    public static Task<bool> ClaimAsync(this IGrainFactory grains, string kind, string value, string owner)
        => grains.GetGrain<IClaimGrain>($"{kind}/{value[..ShardDigits]}").ClaimAsync(value, owner);

    /// <summary>The owner that one player's seat is.</summary>
    public static string Seat(Guid competition, Guid ticket, string player) => $"{competition}/{ticket}/{player}";

    /// <summary>The owner that a ticket's hash belongs to: nobody may use it for anything else.</summary>
    public static string Ticket(Guid ticket) => $"ticket/{ticket}";
}
