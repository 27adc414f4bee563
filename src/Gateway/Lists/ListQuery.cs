using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using Coordinator.Gateway.Errors;
using Coordinator.Gateway.Requests;
using Coordinator.Grains;

namespace Coordinator.Gateway.Lists;

/// <summary>A place in the order of lists: by creation, then id. On the wire 48 hex digits that mean nothing to clients.</summary>
internal readonly record struct ListCursor(long CreatedTicks, Guid Id) : IComparable<ListCursor>
{
    internal static ListCursor Of(CompetitionView view) => new(view.CreatedAt.UtcTicks, view.Submission.Id);

    internal static ListCursor? TryParse(string text)
        => text.Length == 48 && long.TryParse(text.AsSpan(0, 16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var ticks)
            && ticks >= 0 && Guid.TryParseExact(text.AsSpan(16), "N", out var id)
            ? new(ticks, id)
            : null;

    public int CompareTo(ListCursor other)
        => CreatedTicks != other.CreatedTicks ? CreatedTicks.CompareTo(other.CreatedTicks) : Id.CompareTo(other.Id);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{CreatedTicks:x16}{Id:N}");
}

/// <summary>Which competitions a list holds. Without any parameter all of them, as the old API answers; with one, pages.</summary>
/// <param name="Limit">Items of a page; null for all.</param>
/// <param name="After">The last item of the page before.</param>
/// <param name="States">Wire states; empty for every one.</param>
/// <param name="Ids">Ids; empty for every one.</param>
internal sealed record ListQuery(int? Limit, ListCursor? After, ImmutableArray<string> States, ImmutableArray<Guid> Ids)
{
    internal const int DefaultLimit = 50;
    private const int MostItems = 100;

    /// <summary>http-api §7.5.</summary>
    private static readonly FrozenSet<string> Known = FrozenSet.Create(
        StringComparer.Ordinal,
        "created", "entries_collected", "escrow_funds_confirmed", "event_created", "entries_submitted", "contract_created",
        "awaiting_signatures", "signing_complete", "funding_broadcasted", "funding_confirmed", "funding_settled", "awaiting_attestation",
        "attested", "expiry_broadcasted", "outcome_broadcasted", "delta_broadcasted", "completed", "failed", "cancelled");

    internal static ListQuery All { get; } = new(null, null, [], []);

    /// <summary>The same for every way of asking the same.</summary>
    internal string Key => $"{Limit}|{After}|{string.Join(',', States)}|{string.Join(',', Ids)}";

    /// <exception cref="RefusedRequestException"><c>invalid_query</c>.</exception>
    internal static ListQuery Read(GatewayCall call)
    {
        var (limit, cursor, states, ids) =
            (call.Query("limit", 8), call.Query("cursor", 64), call.Query("state", 512), call.Query("ids", MostItems * 37));
        return limit is null && cursor is null && states is null && ids is null
            ? All
            : new(
                limit is null ? DefaultLimit : ReadLimit(limit),
                cursor is null ? null : ListCursor.TryParse(cursor) ?? throw Invalid("cursor must be one that X-Next-Cursor gave"),
                ReadStates(states),
                ReadIds(ids));
    }

    internal bool Takes(CompetitionView view)
        => (States.IsEmpty || States.Contains(view.State, StringComparer.Ordinal)) && (Ids.IsEmpty || Ids.Contains(view.Submission.Id));

    private static int ReadLimit(string text)
        => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is >= 1 and <= MostItems
            ? limit
            : throw Invalid($"limit must be 1 to {MostItems}");

    private static ImmutableArray<string> ReadStates(string? text)
    {
        ImmutableArray<string> states = [.. Parts(text).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        return states.FirstOrDefault(state => !Known.Contains(state)) is null
            ? states
            : throw Invalid("state takes states of competitions, separated by commas");
    }

    private static ImmutableArray<Guid> ReadIds(string? text)
    {
        var ids = Parts(text).Select(part => Guid.TryParseExact(part, "D", out var id) ? id : (Guid?)null).Distinct().ToList();
        return ids.Count <= MostItems && !ids.Contains(null)
            ? [.. ids.Select(id => id!.Value).Order()]
            : throw Invalid($"ids takes at most {MostItems} UUIDs, separated by commas");
    }

    private static string[] Parts(string? text)
        => text?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    private static RefusedRequestException Invalid(string detail) => new("invalid_query", detail);
}
