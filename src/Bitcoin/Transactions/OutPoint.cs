using System.Globalization;

namespace Coordinator.Bitcoin;

/// <summary>One output of one transaction; in text <c>txid:vout</c>.</summary>
public readonly record struct OutPoint(Txid Txid, uint Vout) : IComparable<OutPoint>
{
    /// <summary>Null for anything but 64 hexadecimal digits, a colon and a decimal number without sign or leading zeros.</summary>
    public static OutPoint? TryParse(string? text)
    {
        if (text is null || text.Length < 66 || text[64] != ':' || Txid.TryParseDisplay(text[..64]) is not { } txid
            || !uint.TryParse(text.AsSpan(65), NumberStyles.None, CultureInfo.InvariantCulture, out var vout)
            || (text[65] == '0' && text.Length > 66))
        {
            return null;
        }

        return new OutPoint(txid, vout);
    }

    /// <exception cref="BitcoinFormatException">Not <c>txid:vout</c>.</exception>
    public static OutPoint Parse(string text) => TryParse(text) ?? throw new BitcoinFormatException("not an outpoint of the form txid:vout");

    public int CompareTo(OutPoint other) => Txid.CompareTo(other.Txid) is var order and not 0 ? order : Vout.CompareTo(other.Vout);

    public override string ToString() => $"{Txid}:{Vout.ToString(CultureInfo.InvariantCulture)}";
}
