using System.Globalization;
using System.Text;
using System.Text.Json;
using Coordinator.Bitcoin;

namespace Coordinator.Players.Wire;

/// <summary>An esplora server.</summary>
internal sealed class EsploraReader(PatientHttp http, Uri esplora, Network network) : ChainReader
{
    private readonly string _prefix = network is Network.Regtest or Network.Testnet ? $"/{network.Name()}/api" : "/api";

    public override async Task<int> TipAsync(CancellationToken cancellation)
        => int.Parse(await TextAsync("/blocks/tip/height", cancellation), CultureInfo.InvariantCulture);

    public override async Task<long> MedianTimeAsync(CancellationToken cancellation)
        => (await JsonAsync("/blocks", cancellation))[0].GetProperty("mediantime").GetInt64();

    public override async Task<(Txid By, int? Height)?> SpenderAsync(OutPoint output, CancellationToken cancellation)
    {
        var answer = await JsonAsync($"/tx/{output.Txid}/outspend/{output.Vout.ToString(CultureInfo.InvariantCulture)}", cancellation);
        if (!answer.GetProperty("spent").GetBoolean())
        {
            return null;
        }

        var status = answer.GetProperty("status");
        int? height = status.GetProperty("confirmed").GetBoolean() ? status.GetProperty("block_height").GetInt32() : null;
        return (Txid.ParseDisplay(answer.GetProperty("txid").GetString()!), height);
    }

    public override async Task<Transaction> FindAsync(Txid txid, CancellationToken cancellation)
        => Transaction.Parse(await TextAsync($"/tx/{txid}/hex", cancellation));

    public override async Task<FeeRate> FeeRateAsync(CancellationToken cancellation)
    {
        var estimates = await JsonAsync("/fee-estimates", cancellation);
        var rate = estimates.TryGetProperty("2", out var two) ? two.GetDouble() : 1;
        return FeeRate.FromSatPerVbyteCeiling(Math.Clamp(rate, 1, 500));
    }

    public override async Task<string?> SendAsync(Transaction transaction, CancellationToken cancellation)
    {
        var answer = await http.SendAsync(
            HttpMethod.Post, At("/tx"), Encoding.ASCII.GetBytes(transaction.ToHex()), "text/plain", null, cancellation);
        return answer.IsSuccess ? null : Encoding.UTF8.GetString(answer.Body);
    }

    private async Task<string> TextAsync(string path, CancellationToken cancellation)
    {
        var answer = await http.SendAsync(HttpMethod.Get, At(path), null, "text/plain", null, cancellation);
        return answer.IsSuccess ? Encoding.UTF8.GetString(answer.Body).Trim() : throw new PlayerException($"the chain source answered {answer.Status} to {path}");
    }

    private async Task<JsonElement> JsonAsync(string path, CancellationToken cancellation)
        => (await http.SendAsync(HttpMethod.Get, At(path), null, "application/json", null, cancellation)).Json($"the chain's {path}");

    private Uri At(string path) => new(esplora, _prefix + path);
}
