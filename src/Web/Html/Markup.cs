using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace Coordinator.Web;

/// <summary>HTML that may be sent as it is. It is made by <see cref="Html.Of"/> only, so no text gets in without being escaped.</summary>
public readonly struct Markup : IEquatable<Markup>
{
    private readonly string? _text;

    internal Markup(string text) => _text = text;

    /// <summary>Nothing.</summary>
    public static Markup None => default;

    /// <summary>Whether there is nothing to send.</summary>
    public bool IsEmpty => string.IsNullOrEmpty(_text);

    /// <summary>The HTML.</summary>
    public override string ToString() => _text ?? string.Empty;

    public bool Equals(Markup other) => ToString() == other.ToString();

    public override bool Equals([NotNullWhen(true)] object? obj) => obj is Markup other && Equals(other);

    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    public static bool operator ==(Markup left, Markup right) => left.Equals(right);

    public static bool operator !=(Markup left, Markup right) => !left.Equals(right);
}

/// <summary>The one way to make markup.</summary>
public static class Html
{
    /// <summary>Takes the literal parts as they are written in the source and escapes what is put into them, text and attributes alike
    /// (attributes stand in double quotes). Only texts, whole numbers, ids and other markup can be put in.</summary>
    public static Markup Of(MarkupHandler text) => text.Result();

    /// <summary>One after the other.</summary>
    public static Markup Join(IEnumerable<Markup> parts) => new(string.Concat(parts.Select(part => part.ToString())));

    /// <summary>The markup where the condition holds, else nothing.</summary>
    public static Markup If(bool condition, Func<Markup> markup) => condition ? markup() : Markup.None;

    /// <summary>Text, escaped.</summary>
    public static Markup Text(string? text) => new(MarkupHandler.Escape(text));
}

/// <summary>Puts an interpolated string together; used by the compiler.</summary>
[InterpolatedStringHandler]
public readonly ref struct MarkupHandler
{
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);
    private readonly StringBuilder _text;

    public MarkupHandler(int literalLength, int formattedCount) => _text = new StringBuilder(literalLength + (formattedCount * 32));

    public void AppendLiteral(string literal) => _text.Append(literal);

    public void AppendFormatted(Markup markup) => _text.Append(markup.ToString());

    public void AppendFormatted(IEnumerable<Markup> parts)
    {
        foreach (var part in parts)
        {
            _text.Append(part.ToString());
        }
    }

    public void AppendFormatted(string? text) => _text.Append(Escape(text));

    public void AppendFormatted(int number) => _text.Append(CultureInfo.InvariantCulture, $"{number}");

    public void AppendFormatted(long number) => _text.Append(CultureInfo.InvariantCulture, $"{number}");

    public void AppendFormatted(Guid id) => _text.Append(id.ToString("D"));

    internal static string Escape(string? text) => string.IsNullOrEmpty(text) ? string.Empty : Encoder.Encode(text);

    internal Markup Result() => new(_text.ToString());
}
