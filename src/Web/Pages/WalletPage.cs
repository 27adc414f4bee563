using System.Collections.Immutable;
using Coordinator.Grains;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Coordinator.Web;

/// <summary>The coordinator's coins: what there is, where to send more, what was sent.</summary>
internal static class WalletPage
{
    private const int MostCoins = 200;

    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPage("/admin/wallet", ShowAsync);
        routes.MapPiece("/admin/pieces/wallet", BalanceAsync);
        routes.MapForm("/admin/wallet/sync", async call =>
        {
            var answer = await call.Wallet.SyncAsync(new SyncRequest(call.Form("anew") == "true", 200));
            if (answer.TryGet(out var view, out var problem))
            {
                call.Session.Say(view.IsComplete
                    ? $"All {view.Asked} scripts are looked at: {view.Used} were used, {view.Outputs} outputs are known."
                    : $"{view.Asked} scripts are looked at so far; go on to look at the rest.");
            }
            else
            {
                call.Session.Say($"{problem.Code}: {problem.Detail}", isGood: false);
            }

            return new PageReply.GoTo("/admin/wallet");
        });
    }

    private static async Task<PageReply> ShowAsync(PageCall call)
    {
        var (balance, address) = (await BalanceAsync(call), await AddressAsync(call));
        var (sends, coins) = (await SendsAsync(call), await CoinsAsync(call));
        return new PageReply.Whole(
            "Wallet",
            Html.Of(
                $"""
                {Parts.Polled("balance", "/admin/pieces/wallet", 10, balance)}
                <div class="columns">
                {Parts.Section("receive", "Receive", address)}
                {Parts.Section("send", "Send", SendPages.Form(call, Markup.None))}
                </div>
                {Parts.Section("sends", "Sent", sends)}
                {Parts.Section("coins", "Coins", coins)}
                {Parts.Section("sync", "Look at every address", Sync(call))}
                """));
    }

    private static async Task<Markup> BalanceAsync(PageCall call)
    {
        var answer = await call.Wallet.BalanceAsync();
        var fees = await call.Wallet.EstimatedFeesAsync();
        return Html.Of(
            $"""
            {(answer.TryGet(out var balance, out var problem) ? Parts.Cards(
                Parts.Card("Confirmed", Show.Sats(balance.Confirmed)),
                Parts.Card("Own change, unconfirmed", Show.Sats(balance.TrustedPending)),
                Parts.Card("From others, unconfirmed", Show.Sats(balance.UntrustedPending)),
                Parts.Card("Young coinbases", Show.Sats(balance.Immature)),
                Parts.Card("Reserved", Show.Sats(balance.Reserved), hint: "promised to payments")) : Forms.Complaint(problem.Code, problem.Detail))}
            {(fees.TryGet(out var rates, out var unknown) ? Rates(rates) : Forms.Complaint(unknown.Code, unknown.Detail))}
            """);
    }

    /// <summary>Targets that cost the same are one.</summary>
    private static Markup Rates(ImmutableArray<FeeEstimateView> rates)
    {
        var runs = new List<(int First, int Last, long Rate)>();
        foreach (var rate in rates)
        {
            if (runs.Count > 0 && runs[^1].Rate == rate.RateSatPerKwu)
            {
                runs[^1] = runs[^1] with { Last = rate.Target };
            }
            else
            {
                runs.Add((rate.Target, rate.Target, rate.RateSatPerKwu));
            }
        }

        return Html.Of(
            $"""
            <p class="rates"><span class="quiet">Fee rates by the number of blocks within which to be mined</span> {runs.Take(8).Select(run => Html.Of($"""<span class="rate"><b>{(run.First == run.Last ? $"{run.First}" : $"{run.First}–{run.Last}")}</b> {Show.Rate(run.Rate)}</span> """))}</p>
            """);
    }

    private static async Task<Markup> AddressAsync(PageCall call)
        => (await call.Wallet.AddressAsync()).TryGet(out var address, out var problem)
            ? Html.Of(
                $"""
                <div class="receive">{QrCode.Of($"bitcoin:{address}", "QR code of the next address")}
                <div><p>The next address that nobody has paid to:</p><p><code class="whole" id="address">{address}</code></p><p><button type="button" data-copy="address" hidden>Copy the address</button></p></div></div>
                """)
            : Forms.Complaint(problem.Code, problem.Detail);

    private static async Task<Markup> SendsAsync(PageCall call)
    {
        var explorer = call.Services.GetRequiredService<Explorer>();
        return Parts.Table(
            "Sends, newest first",
            ["Transaction", "To", "#Amount", "#Fee", "State", "Action"],
            (await call.Wallet.SendsAsync()).Select(send => new[]
            {
                explorer.Transaction(send.Txid),
                Show.Id(send.AddressTo),
                send.Amount is { } amount ? Show.Sats(amount) : Html.Of($"everything"),
                send.Fee is { } fee ? Show.Sats(fee) : Html.Of($"–"),
                Parts.Pill(send.Stage, send.Stage switch { "decided" => Tone.Good, "replaced" => Tone.Bad, _ => Tone.Waiting }),
                send.Stage == "waiting" ? Html.Of($"""<a class="button" href="/admin/wallet/bump?payment={send.Txid}">Bump…<span class="unseen"> {send.Txid}</span></a>""") : Html.Of($"–"),
            }),
            "Nothing was sent yet.");
    }

    private static async Task<Markup> CoinsAsync(PageCall call)
    {
        if (!(await call.Wallet.OutputsAsync()).TryGet(out var outputs, out var problem))
        {
            return Forms.Complaint(problem.Code, problem.Detail);
        }

        var explorer = call.Services.GetRequiredService<Explorer>();
        var isAll = call.Query("coins") == "all";
        var shown = outputs.Where(output => isAll || !output.IsSpent).OrderBy(output => output.IsSpent).ThenByDescending(output => output.Height ?? int.MaxValue).ToImmutableArray();
        return Html.Of(
            $"""
            <p>{(isAll ? Parts.Link("/admin/wallet#coins", "Only coins that are there") : Parts.Link("/admin/wallet?coins=all#coins", $"Also the {outputs.Count(output => output.IsSpent)} spent ones"))}</p>
            {Parts.Table(
                shown.Length > MostCoins ? $"Coins: the first {MostCoins} of {shown.Length}" : $"Coins: {shown.Length}",
                ["Coin", "#Value", "#Block", "Keychain", "State"],
                shown.Take(MostCoins).Select(output => new[]
                {
                    explorer.Output(output.Outpoint),
                    Show.Sats(output.Value),
                    output.Height is { } height ? Html.Of($"{height}") : Html.Of($"–"),
                    Html.Of($"{output.Keychain.ToLowerInvariant()} {output.DerivationIndex}"),
                    output.IsSpent ? Parts.Pill("spent", Tone.Plain)
                        : output.ReservedBy is { } owner ? Html.Of($"""{Parts.Pill("reserved", Tone.Waiting)} {owner}""")
                        : output.Height is null ? Parts.Pill("unconfirmed", Tone.Waiting)
                        : Parts.Pill("free", Tone.Good),
                }),
                "The wallet has no coins.")}
            """);
    }

    private static Markup Sync(PageCall call) => Forms.Post(
        call, "/admin/wallet/sync", "Look at the next 200 scripts",
        Html.Of($"""<p>After a restore, or where somebody paid to an old address: looks also where no change is expected.</p><div class="field"><label for="f-anew"><input type="checkbox" id="f-anew" name="anew" value="true"> Begin again from the first address</label></div>"""));
}
