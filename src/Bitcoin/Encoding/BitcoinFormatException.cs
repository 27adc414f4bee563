namespace Coordinator.Bitcoin;

/// <summary>Bytes or text from outside that do not have the form they should; the message says what was wrong and where.</summary>
public sealed class BitcoinFormatException : FormatException
{
    public BitcoinFormatException(string message)
        : base(message)
    {
    }

    public BitcoinFormatException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
