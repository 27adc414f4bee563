using System.Text;

namespace Coordinator.Cli.Fuzz;

/// <summary>Breaks good input a little: bytes that change, go, come twice or end too early, and pieces that parsers stumble over.</summary>
internal static class Mutation
{
    private const int Longest = 200_000;

    private static readonly byte[][] Pieces = [.. new[]
    {
        "\"", "\\", "{", "}", "[", "]", ",", ":", "null", "true", "-0", "1e999", "-1", "0", "01", "1.5", "18446744073709551616", "9223372036854775807",
        "\\ud800", "\\udc00\\ud800", "\\u0000", "\u0000", "\r\n", "\n", " ", "\t", "\ufeff", "\u202e", "%00", "%2f", "%", "../", "'", "<script>",
        "\"id\":\"x\",", "\"tags\":[[]],", "\"a\":{},", "[[[[[[[[[[[[[[[[[[[[", "{\"a\":{\"a\":{\"a\":{\"a\":", "0x", "Infinity", "NaN",
    }.Select(Encoding.UTF8.GetBytes), [0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80]];

    public static byte[] Of(FuzzRandom random, byte[] good)
    {
        var bytes = good.ToList();
        for (var change = random.Below(4); change >= 0; change--)
        {
            Change(random, bytes);
        }

        return bytes.Count <= Longest ? [.. bytes] : [.. bytes.Take(Longest)];
    }

    public static string Of(FuzzRandom random, string good) => Encoding.Latin1.GetString(Of(random, Encoding.UTF8.GetBytes(good)));

    private static void Change(FuzzRandom random, List<byte> bytes)
    {
        var at = random.Below(bytes.Count + 1);
        var length = Math.Min(random.Below(1 + random.Below(64)), bytes.Count - at);
        switch (random.Below(9))
        {
            case 0 when at < bytes.Count:
                bytes[at] ^= unchecked((byte)(1 << random.Below(8)));
                break;
            case 1 when at < bytes.Count:
                bytes[at] = unchecked((byte)random.Next());
                break;
            case 2:
                bytes.RemoveRange(at, length);
                break;
            case 3:
                bytes.InsertRange(at, bytes.GetRange(at, length));
                break;
            case 4:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 5:
                bytes.InsertRange(at, random.Bytes(random.Below(16)));
                break;
            case 6 when random.OneIn(20):
                bytes.InsertRange(at, Enumerable.Repeat(random.Pick(Pieces), random.Below(2_000)).SelectMany(piece => piece));
                break;
            default:
                bytes.InsertRange(at, random.Pick(Pieces));
                break;
        }
    }
}
