using System.Collections.Concurrent;
using System.Net;
using Coordinator.Gateway.Errors;
using Coordinator.Gateway.Metering;

namespace Coordinator.Gateway.Limits;

/// <summary>What everybody has used up, for all listeners of this gateway.</summary>
internal sealed class Allowances(GatewayOptions options, TimeProvider time, GatewayMeter meter)
{
    private readonly GatewayLimits _limits = options.Limits;
    private readonly RateTable<IPAddress> _addresses =
        new(options.Limits.AddressPerSecond, options.Limits.AddressBurst, options.Limits.Remembered, time);
    private readonly RateTable<IPAddress> _authentication =
        new(options.Limits.AuthenticationPerSecond, options.Limits.AuthenticationBurst, options.Limits.Remembered, time);
    private readonly RateTable<IPAddress> _tokens =
        new(options.Limits.AuthenticationPerSecond, options.Limits.AuthenticationBurst, options.Limits.Remembered, time);
    private readonly RateTable<string> _users = new(options.Limits.UserPerSecond, options.Limits.UserBurst, options.Limits.Remembered, time);
    private readonly ConcurrentDictionary<string, int> _large = new(StringComparer.Ordinal);
    private int _running;

    /// <exception cref="RefusedRequestException"><c>too_many_requests</c>.</exception>
    internal void TakeRequest(IPAddress address) => Require(_addresses.Take(address), "address");

    /// <exception cref="RefusedRequestException"><c>too_many_requests</c>.</exception>
    internal void TakeAuthentication(IPAddress address) => Require(_authentication.Take(address), "authentication");

    /// <summary>Refuses an operator's address that has tried too often, without counting this try.</summary>
    /// <exception cref="RefusedRequestException"><c>too_many_requests</c>.</exception>
    internal void CheckToken(IPAddress address) => Require(_tokens.Look(address), "token");

    /// <summary>Counts a wrong token.</summary>
    /// <exception cref="RefusedRequestException"><c>too_many_requests</c>.</exception>
    internal void TakeToken(IPAddress address) => Require(_tokens.Take(address), "token");

    /// <summary>How long an operator's address has to wait before its next try, without counting one.</summary>
    internal TimeSpan LookToken(IPAddress address) => _tokens.Look(address);

    /// <summary>Counts a wrong token that is refused anyway.</summary>
    internal void CountToken(IPAddress address) => _ = _tokens.Take(address);

    /// <param name="player">A key whose signature was verified.</param>
    /// <exception cref="RefusedRequestException"><c>too_many_requests</c>.</exception>
    internal void TakeUser(string player) => Require(_users.Take(player), "user");

    /// <summary>One of the requests that may run at once; call <see cref="Leave"/> when it is answered.</summary>
    /// <exception cref="RefusedRequestException"><c>busy</c>.</exception>
    internal void Enter()
    {
        if (Interlocked.Increment(ref _running) > _limits.Requests)
        {
            Leave();
            meter.Throttle("requests");
            throw new RefusedRequestException("busy", "Too many requests at once: try again shortly");
        }
    }

    internal void Leave() => Interlocked.Decrement(ref _running);

    /// <summary>One of the large bodies that a key may send at once; call <see cref="LeaveLarge"/> when it is answered.</summary>
    /// <exception cref="RefusedRequestException"><c>too_many_requests</c>.</exception>
    internal void EnterLarge(string player)
    {
        if (_large.AddOrUpdate(player, 1, (_, count) => count + 1) > _limits.LargeBodiesPerUser)
        {
            LeaveLarge(player);
            Require(TimeSpan.FromSeconds(2), "large_bodies");
        }
    }

    internal void LeaveLarge(string player)
    {
        while (_large.TryGetValue(player, out var count))
        {
            if (count > 1 ? _large.TryUpdate(player, count - 1, count) : _large.TryRemove(new KeyValuePair<string, int>(player, count)))
            {
                return;
            }
        }
    }

    private void Require(TimeSpan wait, string limit)
    {
        if (wait > TimeSpan.Zero)
        {
            meter.Throttle(limit);
            throw new RefusedRequestException(GatewayError.Of("too_many_requests") with { RetryAfter = (int)Math.Ceiling(wait.TotalSeconds) });
        }
    }
}
