namespace Coordinator.Cli.Operator;

/// <summary>One column.</summary>
/// <param name="Name">Its heading.</param>
/// <param name="Most">Longer cells are cut and end in an ellipsis.</param>
/// <param name="IsRight">Numbers stand at the right.</param>
internal sealed record TableColumn(string Name, int Most = 40, bool IsRight = false);

/// <summary>Rows under headings, aligned; every column is as wide as it needs and no wider than it may be.</summary>
internal sealed class TextTable(params TableColumn[] columns)
{
    private const string Gap = "  ";

    private readonly List<string[]> _rows = [];

    public int Count => _rows.Count;

    /// <param name="cells">As many as there are columns; null is shown as a dash.</param>
    public void Add(params string?[] cells)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(cells.Length, columns.Length);
        _rows.Add([.. cells.Select((cell, column) => Wording.Cut(Wording.Clean(cell ?? "-"), columns[column].Most))]);
    }

    /// <summary>Headings and rows; no line ends in spaces.</summary>
    public IEnumerable<string> Lines()
    {
        var widths = columns.Select((column, index) => _rows.Select(row => row[index].Length).Append(column.Name.Length).Max()).ToArray();
        yield return Line([.. columns.Select(column => column.Name)], widths);
        foreach (var row in _rows)
        {
            yield return Line(row, widths);
        }
    }

    public override string ToString() => string.Join(Environment.NewLine, Lines());

    private string Line(string[] cells, int[] widths)
        => string.Join(Gap, cells.Select((cell, index) => columns[index].IsRight ? cell.PadLeft(widths[index]) : cell.PadRight(widths[index]))).TrimEnd();
}
