using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using Streamgauge.Views;

namespace Streamgauge.Serving;

/// <summary>Writes answers about views as JSON. The shape is documented in <c>docs/api.md</c>.</summary>
internal static class ViewAnswerJson
{
    private const int FlushBytes = 32 * 1024;
    private const int BucketBytesMax = 128; // two times, the longest revision, and the names: 115

    /// <summary>Writes an answer, or the part of it that changed.</summary>
    /// <param name="points">Points to write, ascending; null for all.</param>
    /// <param name="flush">Called now and then, to send what is written; null to keep all of it.</param>
    public static async ValueTask WriteAsync(Utf8JsonWriter json, ViewAnswer answer, FreshnessFacts facts, int[]? points, Func<ValueTask>? flush)
    {
        WriteHead(json, answer, facts);
        WriteBuckets(json, answer.Buckets, points);
        json.WriteStartArray("series");
        var flushed = 0L;
        foreach (var series in answer.Series)
        {
            WriteSeries(json, answer.Plan, series, points);
            if (flush is null || json.BytesPending + json.BytesCommitted - flushed < FlushBytes) continue;
            await flush();
            flushed = json.BytesCommitted;
        }

        json.WriteEndArray();
        WriteTotals(json, answer.Totals);
        json.WriteNumber("hidden_groups", answer.HiddenGroups);
        WriteErrors(json, answer.Errors);
        if (answer.Compare is { } compare)
        {
            json.WriteStartObject("compare");
            json.WriteString("from", AnswerTime.Utf8(compare.FromMs));
            json.WriteString("to", AnswerTime.Utf8(compare.ToMs));
            json.WriteStartArray("series");
            foreach (var series in compare.Series) WriteSeries(json, answer.Plan, series, points);
            json.WriteEndArray();
            WriteTotals(json, compare.Totals);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        await json.FlushAsync();
        if (flush is not null) await flush();
    }

    private static void WriteHead(Utf8JsonWriter json, ViewAnswer answer, FreshnessFacts facts)
    {
        var plan = answer.Plan;
        json.WriteStartObject();
        facts.WriteTo(json);
        json.WriteString("view", plan.View.Name);
        json.WriteString("tier", plan.Tier.Name);
        if (plan.Step is { } step)
        {
            json.WriteString("from", AnswerTime.Utf8(plan.Period.FromMs));
            json.WriteString("to", AnswerTime.Utf8(plan.Period.ToMs));
            json.WriteString("step", TierLength.ToText(step));
            json.WriteString("tz", plan.TimeZone.Id);
        }

        json.WriteStrings("group_by", plan.GroupBy);
        json.WriteStrings("measures", plan.Measures.Select(measure => measure.Name));
    }

    // Formatted here and handed over as one value: a writer's checks of every name and value cost more than the rest of the answer.
    private static void WriteBuckets(Utf8JsonWriter json, IReadOnlyList<BucketAnswer> buckets, int[]? points)
    {
        var count = points?.Length ?? buckets.Count;
        var buffer = ArrayPool<byte>.Shared.Rent(2 + (count * BucketBytesMax));
        var at = 0;
        buffer[at++] = (byte)'[';
        for (var i = 0; i < count; i++)
        {
            if (i > 0) buffer[at++] = (byte)',';
            at += FormatBucket(buckets[points is null ? i : points[i]], buffer.AsSpan(at));
        }

        buffer[at++] = (byte)']';
        json.WritePropertyName("buckets"u8);
        json.WriteRawValue(buffer.AsSpan(0, at), skipInputValidation: true);
        ArrayPool<byte>.Shared.Return(buffer);
    }

    private static int FormatBucket(in BucketAnswer bucket, Span<byte> output)
    {
        var at = Append(output, 0, "{\"start\":\""u8);
        AnswerTime.Write(bucket.StartMs, output[at..]);
        at = Append(output, at + AnswerTime.Bytes, "\",\"end\":\""u8);
        AnswerTime.Write(bucket.EndMs, output[at..]);
        at = Append(output, at + AnswerTime.Bytes, bucket.IsFinal ? "\",\"final\":true,\"revision\":"u8 : "\",\"final\":false,\"revision\":"u8);
        Utf8Formatter.TryFormat(bucket.Revision, output[at..], out var digits);
        output[at + digits] = (byte)'}';
        return at + digits + 1;
    }

    private static int Append(Span<byte> output, int at, ReadOnlySpan<byte> text)
    {
        text.CopyTo(output[at..]);
        return at + text.Length;
    }

    private static void WriteSeries(Utf8JsonWriter json, QueryPlan plan, SeriesAnswer series, int[]? points)
    {
        json.WriteStartObject();
        WriteGroup(json, plan, series);
        if (series.IsRest) json.WriteBoolean("rest", value: true);
        if (plan.Step is not null)
        {
            json.WriteStartObject("values");
            MeasureJson.WriteSeries(json, series.Values, points);
            json.WriteEndObject();
        }

        WriteTotals(json, series.Totals);
        json.WriteEndObject();
    }

    public static void WriteGroup(Utf8JsonWriter json, QueryPlan plan, SeriesAnswer series)
    {
        json.WriteStartObject("group");
        for (var i = 0; i < plan.GroupBy.Count; i++) json.WriteString(plan.GroupBy[i], series.Group[i]);
        json.WriteEndObject();
    }

    private static void WriteTotals(Utf8JsonWriter json, IReadOnlyList<MeasureValues> totals)
    {
        json.WriteStartObject("totals");
        MeasureJson.WriteValues(json, totals);
        json.WriteEndObject();
    }

    private static void WriteErrors(Utf8JsonWriter json, IReadOnlyList<MeasureError> errors)
    {
        json.WriteStartObject("errors");
        foreach (var error in errors)
        {
            json.WriteStartObject(error.Measure.Name);
            if (error.StandardError is { } standard) json.WriteNumber("standard_error", standard);
            if (error.RelativeError is { } relative) json.WriteNumber("relative_error", relative);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
