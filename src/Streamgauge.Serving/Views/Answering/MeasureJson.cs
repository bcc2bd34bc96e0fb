using System.Buffers;
using System.Text.Json;
using Streamgauge.Views;

namespace Streamgauge.Serving;

/// <summary>Writes values of measures as JSON: exact decimals that never pass through a float.</summary>
internal static class MeasureJson
{
    /// <summary>One property per measure, each a list with a value per point; quantiles an object of such lists.</summary>
    /// <param name="points">Points to write; null for all.</param>
    public static void WriteSeries(Utf8JsonWriter json, IReadOnlyList<MeasureValues> values, int[]? points)
    {
        var count = points?.Length ?? (values.Count > 0 ? values[0].Count : 0);
        var buffer = ArrayPool<byte>.Shared.Rent(2 + (count * (MeasureValues.FormatBytesMax + 1)));
        foreach (var measure in values)
        {
            json.WritePropertyName(measure.Measure.Name);
            if (measure.Parts > 1) json.WriteStartObject();
            for (var part = 0; part < measure.Parts; part++)
            {
                if (measure.Parts > 1) json.WritePropertyName(MeasureValues.QuantileNames[part]);
                json.WriteRawValue(buffer.AsSpan(0, FormatList(buffer, measure, points, part)), skipInputValidation: true);
            }

            if (measure.Parts > 1) json.WriteEndObject();
        }

        ArrayPool<byte>.Shared.Return(buffer);
    }

    /// <summary>One property per measure with the value of a point; quantiles an object.</summary>
    public static void WriteValues(Utf8JsonWriter json, IReadOnlyList<MeasureValues> values, int point = 0)
    {
        Span<byte> text = stackalloc byte[MeasureValues.FormatBytesMax];
        foreach (var measure in values)
        {
            json.WritePropertyName(measure.Measure.Name);
            if (measure.Parts > 1) json.WriteStartObject();
            for (var part = 0; part < measure.Parts; part++)
            {
                if (measure.Parts > 1) json.WritePropertyName(MeasureValues.QuantileNames[part]);
                json.WriteRawValue(text[..measure.Format(text, point, part)], skipInputValidation: true);
            }

            if (measure.Parts > 1) json.WriteEndObject();
        }
    }

    private static int FormatList(Span<byte> buffer, MeasureValues measure, int[]? points, int part)
    {
        var at = 0;
        buffer[at++] = (byte)'[';
        var count = points?.Length ?? measure.Count;
        for (var i = 0; i < count; i++)
        {
            if (i > 0) buffer[at++] = (byte)',';
            at += measure.Format(buffer[at..], points is null ? i : points[i], part);
        }

        buffer[at++] = (byte)']';
        return at;
    }
}
