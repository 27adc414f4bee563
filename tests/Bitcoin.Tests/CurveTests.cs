using System.Text;

namespace Coordinator.Bitcoin.Tests;

public sealed class CurveTests
{
    [Fact]
    public void The_generator_is_the_key_of_one()
    {
        var one = new byte[32];
        one[31] = 1;
        using var key = SecretKey.From(one);
        Assert.Equal("0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798", key.PublicKey.ToHex());
    }

    [Fact]
    public void A_schnorr_signature_verifies_and_a_changed_one_does_not()
    {
        using var key = SecretKey.Generate();
        var message = Hashes.Sha256("message"u8);
        var signature = Secp256k1.SchnorrSign(key, message);
        Assert.True(Secp256k1.SchnorrVerify(key.XOnly, message, signature));
        signature[3] ^= 1;
        Assert.False(Secp256k1.SchnorrVerify(key.XOnly, message, signature));
    }

    [Theory]
    [InlineData("", "9c1185a5c5e9fc54612808977ee8f548b2258d31")]
    [InlineData("abc", "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc")]
    [InlineData("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "12a053384a9c0c88e405a06c27dcf49ada62eb2b")]
    public void Ripemd160_gives_the_published_digests(string text, string digest)
        => Assert.Equal(digest, Hex.Encode(Ripemd160.Hash(Encoding.ASCII.GetBytes(text))));

    [Fact]
    public void A_point_and_its_negation_have_no_sum()
    {
        using var key = SecretKey.Generate();
        Assert.Null(Secp256k1.Combine(key.PublicKey, Secp256k1.Negate(key.PublicKey)));
    }

    [Fact]
    public void A_disposed_key_throws_and_never_reaches_the_library()
    {
        var key = SecretKey.From(Convert.FromHexString("0000000000000000000000000000000000000000000000000000000000000007"));
        var known = key.PublicKey;
        key.Dispose();
        key.Dispose();
        Assert.Equal(known, key.PublicKey);
        Assert.Throws<ObjectDisposedException>(() => key.ToBytes());
        Assert.Throws<ObjectDisposedException>(() => key.Negate());
        Assert.Throws<ObjectDisposedException>(() => key.TweakAdd(new byte[32]));
        Assert.Throws<ObjectDisposedException>(() => Secp256k1.SchnorrSign(key, new byte[32]));
        var unused = SecretKey.Generate();
        unused.Dispose();
        Assert.Throws<ObjectDisposedException>(() => unused.PublicKey);
    }
}
