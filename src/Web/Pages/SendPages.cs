using System.Globalization;
using Coordinator.Bitcoin;
using Coordinator.Grains;
using Microsoft.AspNetCore.Routing;

namespace Coordinator.Web;

/// <summary>Sending in two steps: what it would cost, then the send itself; and helping one that waits.</summary>
internal static class SendPages
{
    private const string Preview = "/admin/wallet/send";
    private const string Confirm = "/admin/wallet/send/confirm";
    private const string Bump = "/admin/wallet/bump";

    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPage(Preview, call => Task.FromResult<PageReply>(new PageReply.Whole("Send", Form(call, Markup.None))));
        routes.MapForm(Preview, PreviewAsync);
        routes.MapForm(Confirm, SendAsync);
        routes.MapPage(Bump, call => Task.FromResult<PageReply>(AskToBump(call, call.Query("payment"), Markup.None, 200)));
        routes.MapForm(Bump, BumpAsync);
    }

    /// <summary>Where to and how much; nothing is sent by it.</summary>
    internal static Markup Form(PageCall call, Markup complaint, string? wrongField = null, string? wrong = null)
    {
        var request = call.Form("request_id") ?? Guid.CreateVersion7(call.Now).ToString("D");
        return Html.Of(
            $"""
            {complaint}
            {Forms.Post(call, Preview, "See what it costs", Html.Join(
            [
                Forms.Hidden("request_id", request),
                new Field("address_to", "To address", call.Form("address_to")) { IsNeeded = true, Longest = 200, Complaint = wrongField == "address_to" ? wrong : null }.Render(),
                new Field("amount", "Amount, sat", call.Form("amount")) { Type = "number", Least = 1, Most = Satoshis.MaxValue, Hint = "Empty: everything that is free.", Complaint = wrongField == "amount" ? wrong : null }.Render(),
                new Field("max_fee", "At most this fee, sat", call.Form("max_fee")) { Type = "number", Least = 1, Most = Satoshis.MaxValue, Complaint = wrongField == "max_fee" ? wrong : null }.Render(),
            ]))}
            """);
    }

    private static async Task<PageReply> PreviewAsync(PageCall call)
    {
        var (request, field) = Read(call);
        if (request is null)
        {
            return new PageReply.Whole("Send", Form(call, Forms.Complaint("invalid_form", "A field needs another look."), field, field == "address_to" ? "an address is needed" : "a whole number of satoshis, above zero"), 422);
        }

        var answer = await call.Wallet.PreviewSendAsync(request);
        if (!answer.TryGet(out var preview, out var problem))
        {
            var refusal = PageAnswers.Of(problem);
            return new PageReply.Whole("Send", Form(call, Forms.Complaint(refusal.Code, refusal.Sentence)), refusal.Status);
        }

        return new PageReply.Whole(
            "Confirm the send",
            Html.Of(
                $"""
                {Parts.List(
                [
                    ("To", Html.Of($"""<code class="whole">{request.AddressTo}</code>""")), ("Amount", Show.Sats(preview.Amount)),
                    ("Fee now", Html.Of($"{Show.Sats(preview.Fee)} at {Show.Rate(preview.RateSatPerKwu)}")),
                    ("Fee at most", request.MaxFee is { } most ? Show.Sats(most) : Html.Of($"what the rate asks for")),
                    ("In all", Show.Sats(preview.Amount + preview.Fee)), ("Coins", Html.Of($"{preview.Coins}")), ("Change", Show.Sats(preview.Change)),
                ])}
                <p>Coins and rate are chosen when it is sent: they may differ a little from this. A send cannot be taken back.</p>
                {Forms.Post(call, Confirm, "Send", Html.Join([Forms.Hidden("request_id", request.RequestId), Forms.Hidden("address_to", request.AddressTo), Forms.Hidden("amount", call.Form("amount")), Forms.Hidden("max_fee", call.Form("max_fee"))]), isDangerous: true, cancelTo: "/admin/wallet")}
                """));
    }

    private static async Task<PageReply> SendAsync(PageCall call)
    {
        // Without the id of the form that was shown a repeated post would be another payment.
        if (Read(call).Request is not { } request || call.Form("request_id") != request.RequestId)
        {
            throw new RefusedPageException(Refusal.BadForm);
        }

        var answer = await call.Wallet.SendAsync(request);
        if (!answer.TryGet(out var txid, out var problem))
        {
            var refusal = PageAnswers.Of(problem);
            return new PageReply.Whole("Send", Form(call, Forms.Complaint(refusal.Code, refusal.Sentence)), refusal.Status);
        }

        call.Session.Say($"Sent: {txid}");
        return new PageReply.GoTo("/admin/wallet");
    }

    private static (SendRequest? Request, string Field) Read(PageCall call)
    {
        if (call.Form("address_to") is not { Length: <= 200 } to)
        {
            return (null, "address_to");
        }

        var (amount, isAmount) = Number(call.Form("amount"));
        var (fee, isFee) = Number(call.Form("max_fee"));
        return !isAmount ? (null, "amount") : !isFee ? (null, "max_fee")
            : (new SendRequest(call.Form("request_id") is { Length: <= 100 } id ? id : Guid.CreateVersion7(call.Now).ToString("D"), to, null, amount, fee), string.Empty);
    }

    /// <summary>Nothing is a number that was left out.</summary>
    private static (long? Number, bool IsGood) Number(string? text)
        => text is null ? (null, true)
            : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and <= Satoshis.MaxValue ? (number, true)
            : (null, false);

    private static PageReply.Whole AskToBump(PageCall call, string? payment, Markup complaint, int status) => new(
        "Help a send",
        Html.Of(
            $"""
            {complaint}
            <p>A child transaction pays for <code class="whole">{payment}</code>, so that both are mined sooner. Again with a higher rate it takes the place of the child before.</p>
            {Forms.Post(call, Bump, "Send the child", Html.Join(
            [
                Forms.Hidden("payment", payment),
                new Field("sat_per_vbyte", "Rate for both, sat/vB", call.Form("sat_per_vbyte")) { Type = "number", Least = 1, Most = 10_000, Hint = "Empty: the rate for the next block." }.Render(),
                new Field("max_fee", "At most this fee of the child, sat", call.Form("max_fee")) { Type = "number", Least = 1, Most = Satoshis.MaxValue }.Render(),
            ]), isDangerous: true, cancelTo: "/admin/wallet")}
            """),
        status);

    private static async Task<PageReply> BumpAsync(PageCall call)
    {
        var payment = call.Form("payment");
        var (rate, isRate) = Number(call.Form("sat_per_vbyte"));
        var (fee, isFee) = Number(call.Form("max_fee"));
        if (payment is not { Length: <= 100 } || !isRate || !isFee || rate > 10_000)
        {
            return AskToBump(call, payment, Forms.Complaint("invalid_form", "Rate and fee are whole numbers above zero; the rate is at most 10,000."), 422);
        }

        var answer = await call.Wallet.BumpSendAsync(new BumpSendRequest(payment, rate * 250, fee));
        if (!answer.TryGet(out var child, out var problem))
        {
            var refusal = PageAnswers.Of(problem);
            return AskToBump(call, payment, Forms.Complaint(refusal.Code, refusal.Sentence), refusal.Status);
        }

        call.Session.Say($"The child is out: {child.Txid}, {child.Fee} sat{(child.Limit is null ? string.Empty : $" ({child.Limit})")}");
        return new PageReply.GoTo("/admin/wallet");
    }
}
