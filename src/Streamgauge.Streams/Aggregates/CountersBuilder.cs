using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Streamgauge.Resp;
using Streamgauge.Views;

namespace Streamgauge.Streams;

/// <summary>Makes counters of the fields of <c>{stream}:aggregates</c>. Keeps the names of groups from one read to the next. Thread-safe.</summary>
internal sealed class CountersBuilder
{
    private readonly Lock _gate = new();
    private readonly BucketBuilder _types = new(BuiltInViews.EventTypes);
    private readonly BucketBuilder _products = new(BuiltInViews.Products);

    /// <summary>Reads the hash, flat. A counter that somebody overwrote with text is 0, as the commit then counts it in <c>residue</c>.</summary>
    public StoredCounters Read(ref RespReader reply)
    {
        long count = 0, valueMicros = 0;
        DateTimeOffset? updated = null;
        lock (_gate)
        {
            for (var left = reply.ReadAggregateHeader(); left > 1; left -= 2)
            {
                var field = reply.ReadString();
                var value = reply.ReadString();
                if (field.SequenceEqual("total_count"u8)) count = Number(value);
                else if (field.SequenceEqual("total_value_micros"u8)) valueMicros = Number(value);
                else if (field.SequenceEqual("last_updated"u8)) updated = Time(value);
                else Add(field.StartsWith("type:"u8) ? _types : _products, field, value);
            }

            return new StoredCounters(count, valueMicros, updated, new GroupTotals(_types.Build(0)), new GroupTotals(_products.Build(0)));
        }
    }

    private static void Add(BucketBuilder builder, ReadOnlySpan<byte> field, ReadOnlySpan<byte> value)
    {
        try
        {
            builder.Add(field, value);
        }
        catch (FormatException)
        {
            // its row stands there with 0
        }
    }

    private static long Number(ReadOnlySpan<byte> text) => Utf8Parser.TryParse(text, out long number, out var read) && read == text.Length ? number : 0;

    private static DateTimeOffset? Time(ReadOnlySpan<byte> text) =>
        DateTimeOffset.TryParse(Encoding.UTF8.GetString(text), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;
}

/// <summary>What stands in <c>{stream}:aggregates</c>.</summary>
internal sealed record StoredCounters(long TotalCount, long TotalValueMicros, DateTimeOffset? LastUpdated, GroupTotals EventTypes, GroupTotals Products);
