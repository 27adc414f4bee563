namespace Coordinator.Dlc;

/// <summary>Text from outside that is not the JSON it should be; the message names the member and what was expected.</summary>
public sealed class DlcFormatException : FormatException
{
    public DlcFormatException(string message)
        : base(message)
    {
    }

    public DlcFormatException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
