using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Coordinator.Bitcoin;
using Coordinator.Keymeld;
using Coordinator.Nostr;
using Coordinator.Testing;

namespace Coordinator.EndToEnd.Tests;

/// <summary>The session secret of a contract as somebody else's client reads it: nostr-tools from npm signs the request and decrypts.</summary>
public sealed class SharedSecretTests : IDisposable
{
    private const int Seed = 11;
    private readonly string _folder = Directory.CreateTempSubdirectory("coordinator-secret-").FullName;
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });

    public void Dispose()
    {
        _http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Nostr_tools_decrypts_the_session_secret_of_a_contract()
    {
        var demo = await CommandLine.RunAsync("", "demo", "--players", "2", "--places", "1", "--seed", $"{Seed}", "--data", _folder, "--json");
        DemoAudit.Check(demo, players: 2);
        var competition = demo.Events.Single(line => line.GetProperty("event").GetString() == "created").GetProperty("competition").GetString();
        using var up = CommandLine.Start("up", "--ports", "auto", "--data", _folder, "--json");
        var ready = await UpProcess.ReadyAsync(up);
        using var identity = SecretKey.From(SHA256.HashData(Encoding.UTF8.GetBytes($"demo player 0 of seed {Seed}: identity")));

        var answer = await NodeClient.RunAsync(
            "contract-secret.mjs", new { @base = ready.GetProperty("public").GetString(), competition, secret_key_hex = Hex.Encode(identity.ToBytes()) });

        using var read = JsonDocument.Parse(answer);
        var (keymeld, plaintext) = (read.RootElement.GetProperty("keymeld"), read.RootElement.GetProperty("plaintext").GetString()!);
        Assert.Matches("^[0-9a-f]{64}$", plaintext);
        Assert.Equal(plaintext, Decrypt(identity, keymeld));
        using var secret = SessionSecret.TryParse(plaintext)!;
        var gateway = new HttpKeymeldGateway(
            _http, new KeymeldOptions { BaseAddress = new Uri(ready.GetProperty("simulators").GetProperty("keymeld").GetString()!) }, TimeProvider.System);
        var status = await gateway.GetKeygenAsync(keymeld.GetProperty("session_id").GetGuid(), secret, CancellationToken.None);
        Assert.True(status.TryGet(out var keygen), status.Describe());
        Assert.Equal((KeygenState.Completed, 3), (keygen!.State, keygen.Registered));
        Assert.Equal(0, await UpProcess.StopAsync(up));
    }

    private static string Decrypt(SecretKey identity, JsonElement keymeld)
    {
        using var conversation = ConversationKey.Between(identity, XOnlyPublicKey.Parse(keymeld.GetProperty("coordinator_pubkey").GetString()!));
        return Nip44.Decrypt(conversation, keymeld.GetProperty("encrypted_session_secret").GetString()!);
    }
}
