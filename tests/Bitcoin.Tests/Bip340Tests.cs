using Coordinator.Testing;

namespace Coordinator.Bitcoin.Tests;

/// <summary>BIP-340 vectors: every row verifies or not, and the rows with a secret key and a 32-byte message are signed to the byte.</summary>
public sealed class Bip340Tests
{
    [Fact]
    public void Signatures_are_the_published_ones_and_verify_as_published()
    {
        var (rows, signed, valid) = (0, 0, 0);
        foreach (var line in File.ReadLines(VectorFiles.Path("bips", "bip-0340", "test-vectors.csv")).Skip(1))
        {
            var cells = line.Split(',');
            var (message, signature) = (Hex.Decode(cells[4]), Hex.Decode(cells[5]));
            var verifies = XOnlyPublicKey.TryParse(cells[2]) is { } key && Secp256k1.SchnorrVerify(key, message, signature);
            Assert.True(verifies == (cells[6] == "TRUE"), $"row {cells[0]}");
            valid += verifies ? 1 : 0;
            rows++;
            if (cells[1].Length > 0 && message.Length == 32)
            {
                using var secret = SecretKey.From(Hex.Decode(cells[1]));
                Assert.Equal(cells[2], secret.XOnly.ToHex(), ignoreCase: true);
                Assert.Equal(signature, Secp256k1.SchnorrSign(secret, message, Hex.Decode(cells[3])));
                signed++;
            }
        }

        Assert.Equal((19, 4, 9), (rows, signed, valid));
    }
}
