using System.Text;
using Streamgauge.Events;

namespace Streamgauge.Views.Tests;

/// <summary>Deltas against a naive count in dictionaries.</summary>
public class FoldTests
{
    private const long HourMs = 3_600_000;
    private static readonly ViewDefinition Sessions = BuiltInViews.Sessions(TimeSpan.FromHours(24), 1_000_000);
    private static readonly ViewDefinition[] Views = [BuiltInViews.Total, BuiltInViews.EventTypes, BuiltInViews.Products, Sessions];

    [Fact]
    public void Every_view_adds_up_what_a_naive_count_adds_up()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var deltas = new DeltaSet(Views);
        var batch = new EventBatch(deltas.Fields);
        for (var round = 0; round < 20; round++) // reused: nothing of one batch may show in the next
        {
            var nowMs = 1_700_000_000_000 + random.NextInt64(48 * HourMs);
            var expected = new Dictionary<(string View, long Bucket, string Group), (long Count, long Sum)>();
            batch.Clear();
            for (var i = random.Next(2_000); i > 0; i--) AddRandomEvent(batch, random, nowMs, expected);
            deltas.Fold(batch, nowMs);
            Assert.True(expected.OrderBy(row => row.Key).SequenceEqual(Rows(deltas).OrderBy(row => row.Key)), $"seed {seed}, round {round}");
        }
    }

    [Fact]
    public void Event_older_than_the_retention_of_its_bucket_is_late_there_and_counts_elsewhere()
    {
        var deltas = new DeltaSet(Views);
        var batch = new EventBatch(deltas.Fields);
        const long BucketStart = 1_700_006_400_000; // a multiple of six hours
        var expiry = BucketStart + (30 * HourMs);
        Add(batch, BucketStart, "view", null, "s1", null);

        deltas.Fold(batch, expiry - 1);
        Assert.Equal((0, 1), (deltas.LateCount, deltas.Views[3].BucketCount));

        deltas.Fold(batch, expiry);
        Assert.Equal((1, 0), (deltas.LateCount, deltas.Views[3].BucketCount));
        Assert.Equal(1, deltas.Views[0].Bucket(0).Count(0));
    }

    [Fact]
    public void Sum_of_any_batch_is_exact_also_beyond_64_bits()
    {
        var deltas = new DeltaSet([BuiltInViews.Total]);
        var batch = new EventBatch(deltas.Fields);
        for (var i = 0; i < 10_000; i++) Add(batch, 1_700_000_000_000, "purchase", null, null, EventLimits.ValueUnitsMax * FixedPoint.MicrosPerUnit);
        deltas.Fold(batch, 1_700_000_000_000);
        Assert.Equal((Int128)10_000 * EventLimits.ValueUnitsMax * FixedPoint.MicrosPerUnit, deltas.Views[0].Bucket(0).SumMicros(0));
    }

    [Fact]
    public void Empty_batch_touches_nothing()
    {
        var deltas = new DeltaSet(Views);
        deltas.Fold(new EventBatch(deltas.Fields), 0);
        Assert.Equal(0, deltas.RowCount);
        Assert.Equal(0, deltas.NewestEventMs);
    }

    private static void AddRandomEvent(EventBatch batch, Random random, long nowMs, Dictionary<(string View, long Bucket, string Group), (long Count, long Sum)> expected)
    {
        var timestampMs = nowMs - random.NextInt64(40 * HourMs);
        var type = "type" + random.Next(6);
        var product = random.Next(4) == 0 ? null : "product" + random.Next(50);
        var session = random.Next(10) == 0 ? null : "session" + random.Next(500);
        long? micros = random.Next(3) == 0 ? random.NextInt64(-1_000_000, 5_000_000_000) : null;
        Add(batch, timestampMs, type, product, session, micros);

        Count("total", 0, "");
        Count("event_types", 0, type);
        if (product is not null) Count("products", 0, product);
        var bucket = timestampMs - (timestampMs % (6 * HourMs));
        if (session is not null && bucket + (30 * HourMs) > nowMs) Count("sessions", bucket, session);

        void Count(string view, long start, string group)
        {
            var (count, sum) = expected.GetValueOrDefault((view, start, group));
            expected[(view, start, group)] = (count + 1, sum + (micros ?? 0));
        }
    }

    private static IEnumerable<KeyValuePair<(string View, long Bucket, string Group), (long Count, long Sum)>> Rows(DeltaSet deltas)
    {
        var rows = new List<KeyValuePair<(string, long, string), (long, long)>>();
        foreach (var view in deltas.Views)
        {
            for (var b = 0; b < view.BucketCount; b++)
            {
                var bucket = view.Bucket(b);
                foreach (var group in bucket.Groups)
                    rows.Add(new((view.View.Name, bucket.StartMs, Encoding.UTF8.GetString(view.GroupName(group))), (bucket.Count(group), (long)bucket.SumMicros(group))));
            }
        }

        Assert.Equal(rows.Count, deltas.RowCount);
        return rows;
    }

    // Through the decoder of plain entries: batches are filled by decoders only.
    private static void Add(EventBatch batch, long timestampMs, string type, string? product, string? session, long? micros)
    {
        var decoder = new PlainEntryDecoder(batch);
        decoder.Begin(timestampMs);
        decoder.Field("event_type"u8, Encoding.UTF8.GetBytes(type));
        decoder.Field("ts"u8, Encoding.UTF8.GetBytes(timestampMs.ToString()));
        decoder.Field("product"u8, Encoding.UTF8.GetBytes(product ?? ""));
        decoder.Field("session_id"u8, Encoding.UTF8.GetBytes(session ?? ""));
        if (micros is { } value) decoder.Field("value"u8, Encoding.UTF8.GetBytes(FixedPoint.ToText(value)));
        Assert.Equal(EventFault.None, decoder.End());
    }
}
