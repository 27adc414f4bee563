using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Coordinator.Backup.Tests;

/// <summary>A real coordinator: killed, restored from its backup, and what it began is finished.</summary>
[Collection(StoreUsers.Name)]
public sealed class CoordinatorTests(ObjectStore store)
{
    [Fact]
    public async Task Killed_and_restored_it_starts_in_settle_only_mode_and_finishes_what_it_began()
    {
        await using var world = BackupWorld.ToBucket(store);
        var (folder, data) = (world.In("demo"), world.In("demo/service"));
        Directory.CreateDirectory(folder);
        var shipper = await world.StartAsync(data);
        await using (var demo = DemoProcess.Start(folder))
        {
            await demo.UntilAsync("state", line => line.GetProperty("to").GetString() == "funding_broadcasted");
            await demo.KillServiceAsync();
        }

        // Killed between the log and its index, a last transaction that nobody was told of is on the disk, but not to be seen while the shipper keeps the index.
        var lost = await world.ShippedAsync([Content.Of(data), Content.AfterRecovery(data, world.In("recovered"))], data);
        BackupWorld.KillNow(shipper);

        // The disk is gone; what is left is the key, kept elsewhere, and the mark of a minute ago, which alone would not tell this restore.
        Directory.Move(data, world.In("lost"));
        Directory.CreateDirectory(data);
        File.Copy(Path.Combine(world.In("lost"), "coordinator_private_key.pem"), Path.Combine(data, "coordinator_private_key.pem"));
        await world.RestoreAsync("demo/service");
        Assert.Equal(lost, Content.Of(data));
        var (generation, mark) = (Service(data).GetProperty("generation").GetInt64(), long.Parse(await File.ReadAllTextAsync(data + ".generation"), CultureInfo.InvariantCulture));
        Assert.InRange(mark, generation - 1, generation);

        await using var again = DemoProcess.Start(folder);
        var started = await again.UntilAsync("started");
        await again.UntilAsync("continued");
        var health = await HealthAsync(started.GetProperty("operator").GetString()!, await File.ReadAllTextAsync(Path.Combine(folder, "operator.token")));
        Assert.Contains("the generation mark is absent", health["settle_only"], StringComparison.Ordinal);
        Assert.Contains("restore", health);
        Assert.True(await again.EndAsync() == 0, await again.LastWordsAsync());
        Assert.Equal("completed", again.Told.Last(line => line.GetProperty("event").GetString() == "summary").GetProperty("state").GetString());
        Assert.False(File.Exists(Path.Combine(data, "restored-from-backup")));
        Assert.NotNull(Service(data).GetProperty("restore").GetProperty("done_at").GetString());
    }

    private static JsonElement Service(string data)
    {
        using var document = JsonDocument.Parse(Content.Ask(Path.Combine(data, "competitions.db"), "SELECT data FROM grain_state WHERE data LIKE '%\"generation_at\"%'")!);
        return document.RootElement.Clone();
    }

    private static async Task<Dictionary<string, string>> HealthAsync(string address, string token)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(new Uri(address), "/api/v1/health"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token.Trim());
        using var answer = await client.SendAsync(request);
        using var document = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        return document.RootElement.GetProperty("parts").EnumerateArray().ToDictionary(
            part => part.GetProperty("name").GetString()!, part => part.GetProperty("detail").GetString()!, StringComparer.Ordinal);
    }
}
