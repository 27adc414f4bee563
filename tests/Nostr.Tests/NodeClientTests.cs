using System.Text;
using Coordinator.Bitcoin;
using Coordinator.Testing;

namespace Coordinator.Nostr.Tests;

/// <summary>Another implementation, nostr-tools, on the other end.</summary>
public sealed class NodeClientTests
{
    private const string Url = "https://coordinator.example/api/v1/entries?event_id=a%20b";
    private static readonly SecretKey Alice = SecretKey.From(Hex.Decode(new string('1', 64)));
    private static readonly SecretKey Bob = SecretKey.From(Hex.Decode(new string('2', 64)));

    [Theory]
    [InlineData("f")]
    [InlineData("{\"secret\":\"ünïcödé \u2028 ✓\"}")]
    public async Task Nostr_tools_reads_what_we_encrypt_and_we_read_what_it_encrypts(string plaintext)
    {
        using var key = ConversationKey.Between(Alice, Bob.XOnly);
        var ours = Nip44.Encrypt(key, plaintext);
        var read = await NodeClient.RunAsync("nip44-decrypt.mjs", new
        {
            secret_key_hex = new string('2', 64),
            peer_pubkey_hex = Alice.XOnly.ToHex(),
            payload = ours,
        });
        Assert.Equal(plaintext, read);
        var theirs = await NodeClient.RunAsync("nip44-encrypt.mjs", new
        {
            secret_key_hex = new string('2', 64),
            peer_pubkey_hex = Alice.XOnly.ToHex(),
            plaintext,
        });
        Assert.Equal(plaintext, Nip44.Decrypt(key, theirs));
    }

    [Theory]
    [InlineData("get", null)]
    [InlineData("POST", "{\"id\": \"✓\"}")]
    public async Task A_header_of_nostr_tools_passes_our_check(string method, string? body)
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(1_767_225_600);
        var header = await NodeClient.RunAsync("nip98-header.mjs", new
        {
            secret_key_hex = new string('1', 64),
            url = Url,
            method,
            body,
            created_at = now.ToUnixTimeSeconds(),
        });
        var request = Nip98Request.Of(Url, method.ToUpperInvariant(), Encoding.UTF8.GetBytes(body ?? string.Empty));
        Assert.True(Nip98.Verify(header, request, now, Nip98.DefaultWindow).TryGet(out var login, out _));
        Assert.Equal(Alice.XOnly.ToHex(), login.Key.ToHex());
        var other = Nip98Request.Of(Url, method.ToUpperInvariant(), "{}"u8);
        Assert.False(Nip98.Verify(header, other, now, Nip98.DefaultWindow).TryGet(out _, out _));
    }

    [Fact]
    public async Task A_script_that_fails_says_why()
    {
        var failure = await Assert.ThrowsAsync<NodeClientException>(() => NodeClient.RunAsync("nip44-decrypt.mjs", new { secret_key_hex = "zz" }));
        Assert.Contains("expected lower-case hex", failure.Message, StringComparison.Ordinal);
    }
}
