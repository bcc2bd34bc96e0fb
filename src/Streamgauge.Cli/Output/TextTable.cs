namespace Streamgauge.Cli;

/// <summary>Rows under headings, in columns as wide as what stands in them.</summary>
internal sealed class TextTable
{
    private readonly List<string[]> _rows = [];
    private readonly bool[] _isRight;

    /// <param name="headings">A heading that begins with &gt; sets its column to the right, as numbers are.</param>
    public TextTable(params string[] headings)
    {
        _isRight = [.. headings.Select(heading => heading[0] == '>')];
        _rows.Add([.. headings.Select(heading => heading.TrimStart('>'))]);
    }

    public void Add(params string[] cells) => _rows.Add(cells);

    public void Write(TextWriter output)
    {
        var widths = _isRight.Select((_, column) => _rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in _rows)
            output.WriteLine(string.Join("  ", row.Select((cell, column) => _isRight[column] ? cell.PadLeft(widths[column]) : cell.PadRight(widths[column]))).TrimEnd());
    }
}
