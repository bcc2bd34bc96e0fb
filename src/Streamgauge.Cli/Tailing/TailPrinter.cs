using System.Buffers;
using System.Text;
using System.Text.Json;
using Streamgauge.Events;
using Streamgauge.Streams;

namespace Streamgauge.Cli;

/// <summary>Prints events, one a line: columns for people, or JSON.</summary>
internal sealed class TailPrinter(TextWriter output, OutputFormat format) : IAsyncDisposable
{
    private const int TypeWidth = 16;
    private const int NameWidth = 20;
    private readonly ArrayBufferWriter<byte> _bytes = new();
    private readonly StringBuilder _lines = new();

    public void Print(TailedEvent item)
    {
        if (format == OutputFormat.Json) AppendJson(item);
        else AppendLine(item);
    }

    /// <summary>Says something about the events, where that does not disturb a program that reads them.</summary>
    public void Note(string text)
    {
        if (format == OutputFormat.Table) _lines.AppendLine(text);
        else Console.Error.WriteLine(text);
    }

    public async Task FlushAsync()
    {
        if (_lines.Length == 0) return;
        await output.WriteAsync(_lines);
        await output.FlushAsync();
        _lines.Clear();
    }

    public async ValueTask DisposeAsync() => await FlushAsync();

    private void AppendJson(TailedEvent item)
    {
        _bytes.ResetWrittenCount();
        using var json = new Utf8JsonWriter(_bytes);
        item.WriteTo(json);
        json.Flush();
        _lines.AppendLine(Encoding.UTF8.GetString(_bytes.WrittenSpan));
    }

    private void AppendLine(TailedEvent item)
    {
        var time = DateTimeOffset.FromUnixTimeMilliseconds(item.TimestampMs);
        _lines.Append(time.ToString("yyyy-MM-dd HH:mm:ss.fff'Z'"));
        Column(item.Field("event_type"), TypeWidth);
        Column(item.Field("product"), NameWidth);
        Column(item.Field("user_id"), NameWidth);
        Column(item.Field("session_id"), NameWidth);
        _lines.Append("  ").Append((item.ValueMicros is { } micros ? FixedPoint.ToText(micros) : "-").PadLeft(10));
        foreach (var (name, value) in item.FurtherFields) _lines.Append("  ").Append(TerminalText.Of(name)).Append('=').Append(TerminalText.Of(value));
        _lines.AppendLine();
    }

    private void Column(string? text, int width) => _lines.Append("  ").Append((text is null ? "-" : TerminalText.Of(text)).PadRight(width));
}
