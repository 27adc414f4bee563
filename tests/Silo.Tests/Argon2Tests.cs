using Coordinator.Bitcoin;

namespace Coordinator.Silo.Tests;

/// <summary>Known answers, then what must be refused.</summary>
public sealed class Argon2Tests
{
    /// <summary>RFC 9106 §5.3.</summary>
    [Fact]
    public void Derives_the_tag_of_the_rfc()
    {
        var tag = new byte[32];
        Argon2.Derive(
            tag, Repeat(1, 32), Repeat(2, 16), new Argon2Cost(32, 3, 4), key: Repeat(3, 8), associated: Repeat(4, 12));
        Assert.Equal("0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659", Hex.Encode(tag));
    }

    /// <summary>From the test program of the reference implementation.</summary>
    [Fact]
    public async Task Verifies_a_text_that_libargon2_made()
    {
        const string Known = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
        using var hashes = Cheap();
        Assert.Equal(Known, PasswordText.TryParse(Known)!.ToString());
        Assert.Equal(Grains.PasswordVerdict.Right, await hashes.VerifyAsync(Known, "password"));
        Assert.Equal(Grains.PasswordVerdict.Wrong, await hashes.VerifyAsync(Known, "Password"));
    }

    [Fact]
    public async Task Makes_another_hash_each_time_in_the_old_apis_form()
    {
        using var hashes = new PooledPasswords(1, 1, Argon2Cost.Default);
        var (first, second) = (await hashes.HashAsync("correct horse"), await hashes.HashAsync("correct horse"));
        Assert.NotEqual(first, second);
        Assert.StartsWith("$argon2id$v=19$m=19456,t=2,p=1$", first, StringComparison.Ordinal);
        var parsed = PasswordText.TryParse(first!)!;
        Assert.Equal((16, 32), (parsed.Salt.Length, parsed.Hash.Length));
        Assert.Equal(Grains.PasswordVerdict.Right, await hashes.VerifyAsync(first, "correct horse"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("$argon2i$v=19$m=64,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc")]
    [InlineData("$argon2id$v=16$m=64,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc")]
    [InlineData("$argon2id$v=19$m=9999999,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc")]
    [InlineData("$argon2id$v=19$m=64,t=999,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc")]
    [InlineData("$argon2id$v=19$m=8,t=1,p=2$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc")]
    [InlineData("$argon2id$v=19$m=64,t=2,p=1$c29t$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc")]
    [InlineData("$argon2id$v=19$m=64,t=2,p=1$c29tZXNhbHQ$AAAA")]
    [InlineData("$argon2id$v=19$m=64,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc\n")]
    public async Task Whoever_changed_a_stored_hash_gets_no_login_and_no_long_work(string stored)
    {
        using var hashes = Cheap();
        Assert.Null(PasswordText.TryParse(stored));
        Assert.Equal(Grains.PasswordVerdict.Wrong, await hashes.VerifyAsync(stored, "password"));
    }

    [Fact]
    public async Task Past_its_room_it_says_busy_at_once_and_works_again_later()
    {
        using var hashes = new PooledPasswords(1, 2, new Argon2Cost(19_456, 2, 1));
        var asked = Enumerable.Range(0, 20).Select(_ => hashes.HashAsync("x")).ToArray();
        var answers = await Task.WhenAll(asked);
        Assert.InRange(answers.Count(answer => answer is not null), 3, 19);
        Assert.NotNull(await hashes.HashAsync("x"));
        Assert.Equal(Grains.PasswordVerdict.Wrong, await hashes.VerifyAsync(null, "x"));
    }

    private static PooledPasswords Cheap() => new(1, 8, new Argon2Cost(8, 1, 1));

    private static byte[] Repeat(byte value, int count) => Enumerable.Repeat(value, count).ToArray();
}
