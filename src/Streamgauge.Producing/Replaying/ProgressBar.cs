namespace Streamgauge.Producing;

/// <summary>One line on a terminal that shows how far a replay is. Writes nothing where nobody could see it move.</summary>
public sealed class ProgressBar : IProgress<ReplayProgress>
{
    private const int CellCount = 24;

    private readonly TextWriter _output;
    private readonly bool _isInteractive;
    private int _width;

    /// <param name="output">Standard error: standard output belongs to data.</param>
    /// <param name="isInteractive">See <see cref="IsInteractive"/>.</param>
    public ProgressBar(TextWriter output, bool isInteractive)
    {
        ArgumentNullException.ThrowIfNull(output);
        _output = output;
        _isInteractive = isInteractive;
    }

    /// <summary>Whether a moving line makes sense: a terminal that is not dumb, and <c>NO_COLOR</c> not set (or empty).</summary>
    /// <param name="isRedirected">Whether the output goes to a file or a pipe: <see cref="Console.IsErrorRedirected"/>.</param>
    /// <param name="variable">Reads an environment variable; null if it is not set.</param>
    public static bool IsInteractive(bool isRedirected, Func<string, string?> variable)
    {
        ArgumentNullException.ThrowIfNull(variable);
        return !isRedirected && string.IsNullOrEmpty(variable("NO_COLOR")) && variable("TERM") != "dumb";
    }

    public void Report(ReplayProgress value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (!_isInteractive) return;
        var counts = $"{value.Events:N0} events" + (value.Malformed > 0 ? $", {value.Malformed:N0} malformed" : "");
        Write($"{Bar(value)}  {counts}");
    }

    /// <summary>Ends the line, so that what is written next begins on a fresh one. Safe to call twice.</summary>
    public void Finish()
    {
        if (_width > 0) _output.WriteLine();
        _width = 0;
    }

    private static string Bar(ReplayProgress value)
    {
        if (value.BytesTotal is not > 0) return $"{value.BytesDone / 1e6:0.0} MB";
        var share = Math.Clamp(value.BytesDone / (double)value.BytesTotal, 0, 1);
        var cells = (int)(share * CellCount);
        return $"[{new string('#', cells)}{new string('.', CellCount - cells)}] {share * 100,3:0} %";
    }

    // A shorter line than the last one must cover it.
    private void Write(string line)
    {
        _output.Write('\r' + line.PadRight(_width));
        _output.Flush();
        _width = line.Length;
    }
}
