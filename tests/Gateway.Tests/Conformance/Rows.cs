using Coordinator.Gateway.Tests.World;

namespace Coordinator.Gateway.Tests.Conformance;

/// <summary>The route table: rows 1 to 25, and what was added to it.</summary>
public static class Rows
{
    private const string Usernames = "/api/v1/users/username/";

    public static IReadOnlyList<Row> All { get; } =
    [
        new(1, "GET", "/api/v1/health_check", Door.Open, null, 200, ""),
        new(2, "POST", "/api/v1/competitions", Door.Token, Samples.CreateBody, 200, "competition_fresh.json"),
        new(3, "GET", "/api/v1/competitions", Door.Open, null, 200, "[competition_fresh.json]"),
        new(4, "GET", Samples.CompetitionPath, Door.Open, null, 200, "competition_fresh.json"),
        new(5, "POST", Samples.CompetitionPath + "/ticket", Door.Signed, Samples.TicketBody, 200, "ticket.json"),
        new(6, "GET", $"{Samples.CompetitionPath}/tickets/{Samples.TicketId}/status", Door.Signed, null, 200, "\"Paid\""),
        new(7, "GET", Samples.CompetitionPath + "/contract", Door.Signed, null, 200, "contract.json"),
        new(8, "POST", Samples.EntryPath + "/public_nonces", Door.Signed, Samples.NoncesBody, 200, ""),
        new(9, "GET", Samples.CompetitionPath + "/aggregate_nonces", Door.Signed, null, 200, """{"by_outcome":{},"by_win_condition":{}}"""),
        new(10, "POST", Samples.EntryPath + "/final_signatures", Door.Signed, Samples.SignaturesBody, 200, ""),
        new(11, "POST", Samples.EntryPath + "/payout", Door.Signed, Samples.PayoutBody, 200, ""),
        new(12, "POST", "/api/v1/entries", Door.Signed, Samples.EntryBody, 200, "entry.json"),
        new(13, "GET", "/api/v1/entries", Door.Signed, null, 200, "[entry.json]"),
        new(14, "GET", "/api/v1/wallet/balance", Door.Token, null, 200, "wallet_balance.json"),
        new(15, "GET", "/api/v1/wallet/address", Door.Token, null, 200, "wallet_address.json"),
        new(16, "GET", "/api/v1/wallet/outputs", Door.Token, null, 200, "wallet_outputs.json"),
        new(17, "POST", "/api/v1/wallet/send", Door.Token, Samples.SendBody, 201, "{\"txid\":\"" + new string('b', 64) + "\"}"),
        new(18, "GET", "/api/v1/wallet/estimated_fees", Door.Token, null, 200, """{"fee_estimates":{"1":12.5,"2":8,"144":1}}"""),
        new(19, "POST", "/api/v1/users/register", Door.Signed, Samples.RegisterBody, 201, "user.json"),
        new(20, "POST", "/api/v1/users/login", Door.Signed, null, 201, "user.json"),
        new(21, "POST", Usernames + "register", Door.Signed, Samples.UsernameBody, 201, "username_registered.json"),
        new(22, "POST", Usernames + "login", Door.Open, Samples.LoginBody, 200, "username_login.json"),
        new(23, "POST", Usernames + "change-password", Door.Signed, Samples.ChangeBody, 200, ""),
        new(24, "POST", Usernames + "forgot-password", Door.Open, Samples.ForgotBody, 200, "challenge.json"),
        new(25, "POST", Usernames + "reset-password", Door.Open, Samples.ResetBody, 200, ""),
        new(115, "GET", $"{Samples.CompetitionPath}/tickets/{Samples.TicketId}/escrow", Door.Signed, null, 200, "escrow.json"),
        new(116, "POST", $"{Samples.CompetitionPath}/tickets/{Samples.TicketId}/escrow_refund", Door.Signed, """{"transaction":"0200"}""", 200, """{"coordinator_signature":"3006"}"""),
        new(117, "POST", Samples.EntryPath + "/escrow_signature", Door.Signed, """{"funding_psbt_base64":"cHNidP8="}""", 200, ""),
        new(100, "POST", Samples.CompetitionPath + "/cancel", Door.Token, """{"reason":"storm"}""", 200, "competition_fresh.json"),
        new(101, "POST", Samples.EntryPath + "/release_share", Door.Token, null, 200, "competition_fresh.json"),
        new(103, "GET", Samples.CompetitionPath + "/pending", Door.Token, null, 200, """{"state":"created","reason":null,"pending":[]}"""),
        new(104, "POST", Samples.CompetitionPath + "/delete", Door.Token, null, 200, ""),
        new(105, "GET", "/api/v1/problems", Door.Token, null, 200, "[]"),
        new(106, "GET", "/api/v1/funds", Door.Token, null, 200, """{"held_sats":0,"pooled_sats":0,"owed_sats":0,"competitions":[]}"""),
        new(107, "GET", "/api/v1/owed", Door.Token, null, 200, "[]"),
        new(111, "GET", "/api/v1/holds", Door.Token, null, 200, "holds.json"),
        new(108, "POST", "/api/v1/holds/release", Door.Token, Samples.ReleaseBody, 200, ""),
        new(109, "GET", "/api/v1/settle_only", Door.Token, null, 200, Samples.StatusText),
        new(110, "POST", "/api/v1/settle_only", Door.Token, """{"on":true,"by":"alice","note":"maintenance"}""", 200, Samples.StatusText),
        new(112, "POST", "/api/v1/wallet/bump", Door.Token, Samples.BumpBody, 201, "{\"txid\":\"" + new string('c', 64) + "\",\"fee\":1500,\"limit\":null}"),
        new(113, "POST", "/api/v1/wallet/sync", Door.Token, """{"anew":true,"most":100}""", 200, """{"asked":100,"used":7,"outputs":9,"height":812,"complete":false}"""),
        new(118, "GET", "/api/v1/services", Door.Token, null, 200, """{"ok":true,"services":[]}"""),
        new(119, "GET", "/api/v1/grains", Door.Token, null, 200, """{"activations":0,"counted_since":"2026-01-01T00:00:00Z","silos":[],"types":[]}"""),
        new(120, "GET", Samples.CompetitionPath + "/story", Door.Token, null, 200, "story.json"),
        new(102, "GET", "/api/v1/health", Door.Token, null, 200, """{"ok":true,"parts":[]}"""),
    ];

    public static TheoryData<int> Numbers => [.. All.Select(row => row.Number)];

    public static TheoryData<int> SignedNumbers => [.. All.Where(row => row.Door == Door.Signed).Select(row => row.Number)];

    public static TheoryData<int> TokenNumbers => [.. All.Where(row => row.Door == Door.Token).Select(row => row.Number)];

    public static TheoryData<int> BodyNumbers => [.. All.Where(row => row.Body is not null).Select(row => row.Number)];

    public static Row Of(int number) => All.Single(row => row.Number == number);
}
