using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Streamgauge.Views;

namespace Streamgauge.Serving;

/// <summary>Writes answers about views as rows, one per point and series: CSV for tables, NDJSON for programs that read line by line.</summary>
internal static class ViewAnswerRows
{
    private const int FlushBytes = 32 * 1024;

    public static async Task WriteCsvAsync(PipeWriter output, ViewAnswer answer, CancellationToken cancellationToken)
    {
        var line = new StringBuilder();
        line.Append("start,end,final");
        foreach (var field in answer.Plan.GroupBy) line.Append(',').Append(Quoted(field));
        foreach (var column in Columns(answer.Plan.Measures)) line.Append(',').Append(Quoted(column));
        if (answer.Compare is not null) foreach (var column in Columns(answer.Plan.Measures)) line.Append(',').Append(Quoted("previous " + column));
        line.Append("\r\n");
        foreach (var (point, series) in Rows(answer))
        {
            var row = answer.Series[series];
            if (point is { } at)
                line.Append(AnswerTime.Text(answer.Buckets[at].StartMs)).Append(',').Append(AnswerTime.Text(answer.Buckets[at].EndMs)).Append(',').Append(answer.Buckets[at].IsFinal ? "true" : "false");
            else line.Append(",,");
            foreach (var value in row.Group) line.Append(',').Append(Quoted(value ?? ""));
            AppendValues(line, point is null ? row.Totals : row.Values, point ?? 0);
            if (answer.Compare is { } compare) AppendValues(line, compare.Series[series].Values, point ?? 0);
            line.Append("\r\n");
            if (line.Length > FlushBytes) await FlushAsync(output, line, cancellationToken);
        }

        await FlushAsync(output, line, cancellationToken);
    }

    public static async Task WriteNdJsonAsync(PipeWriter output, ViewAnswer answer, CancellationToken cancellationToken)
    {
        var written = 0L;
        foreach (var (point, series) in Rows(answer))
        {
            await using var json = new Utf8JsonWriter(output);
            var row = answer.Series[series];
            json.WriteStartObject();
            if (point is { } at)
            {
                json.WriteString("start", AnswerTime.Text(answer.Buckets[at].StartMs));
                json.WriteString("end", AnswerTime.Text(answer.Buckets[at].EndMs));
                json.WriteBoolean("final", answer.Buckets[at].IsFinal);
            }

            ViewAnswerJson.WriteGroup(json, answer.Plan, row);
            json.WriteStartObject("values");
            MeasureJson.WriteValues(json, point is null ? row.Totals : row.Values, point ?? 0);
            json.WriteEndObject();
            if (answer.Compare is { } compare)
            {
                json.WriteStartObject("previous");
                MeasureJson.WriteValues(json, compare.Series[series].Values, point ?? 0);
                json.WriteEndObject();
            }

            json.WriteEndObject();
            json.Flush();
            output.Write("\n"u8);
            if ((written += json.BytesCommitted) < FlushBytes) continue;
            await output.FlushAsync(cancellationToken);
            written = 0;
        }

        await output.FlushAsync(cancellationToken);
    }

    // A total of all time has no points: then one row per series.
    private static IEnumerable<(int? Point, int Series)> Rows(ViewAnswer answer)
    {
        for (var point = 0; point < Math.Max(1, answer.Buckets.Count); point++)
        {
            for (var series = 0; series < answer.Series.Count; series++) yield return (answer.Buckets.Count == 0 ? null : point, series);
        }
    }

    private static IEnumerable<string> Columns(IReadOnlyList<Measure> measures) => measures.SelectMany(measure => measure.Kind == MeasureKind.Quantiles
        ? MeasureValues.QuantileNames.Select(name => $"{name}({measure.Field})") : [measure.Name]);

    private static void AppendValues(StringBuilder line, IReadOnlyList<MeasureValues> values, int point)
    {
        Span<byte> text = stackalloc byte[MeasureValues.FormatBytesMax];
        foreach (var measure in values)
        {
            for (var part = 0; part < measure.Parts; part++)
            {
                line.Append(',');
                if (measure.Number(point, part) is null) continue; // an empty cell, not the word null
                foreach (var digit in text[..measure.Format(text, point, part)]) line.Append((char)digit);
            }
        }
    }

    // RFC 4180: quotes around what needs them, doubled inside.
    private static string Quoted(string text) => text.AsSpan().IndexOfAny(",\"\r\n ") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static async ValueTask FlushAsync(PipeWriter output, StringBuilder line, CancellationToken cancellationToken)
    {
        Encoding.UTF8.GetBytes(line.ToString(), output);
        line.Clear();
        await output.FlushAsync(cancellationToken);
    }
}
