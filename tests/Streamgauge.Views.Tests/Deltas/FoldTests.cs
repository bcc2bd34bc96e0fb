using System.Buffers;
using System.Text;
using Streamgauge.Events;

namespace Streamgauge.Views.Tests;

/// <summary>Deltas against a naive count in dictionaries.</summary>
public class FoldTests
{
    private const long HourMs = 3_600_000;
    private const long NowMs = 1_700_000_000_000;
    private static readonly ViewDefinition Sessions = BuiltInViews.Sessions(TimeSpan.FromHours(24), 1_000_000);

    private static readonly ViewDefinition Declared = new()
    {
        Name = "sales",
        Filter = new TypeFilter("type1"),
        GroupBy = ["product", "country"],
        Measures =
        [
            Measure.Count, new(MeasureKind.Sum, "value"), new(MeasureKind.Average, "value"), new(MeasureKind.Min, "value"), new(MeasureKind.Max, "value"),
            new(MeasureKind.Sum, "weight"), new(MeasureKind.Max, "weight"), new(MeasureKind.Unique, "session_id"), new(MeasureKind.Quantiles, "value"),
        ],
        Tiers = [new(TimeSpan.FromMinutes(10), TimeSpan.FromHours(12)), new(TimeSpan.FromHours(1), TimeSpan.FromHours(24)), Tier.AllTime],
    };

    private static readonly ViewDefinition[] Views = [BuiltInViews.Total, BuiltInViews.EventTypes, BuiltInViews.Products, Sessions, Declared];

    [Fact]
    public void Every_view_tier_and_column_adds_up_what_a_naive_count_adds_up()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var deltas = new DeltaSet(Views);
        var batch = new EventBatch(deltas.Fields);
        for (var round = 0; round < 20; round++) // reused: nothing of one batch may show in the next
        {
            var naive = new NaiveFold(Views);
            batch.Clear();
            for (var i = random.Next(2_000); i > 0; i--) naive.Add(AddRandomEvent(batch, random, NowMs + random.NextInt64(48 * HourMs)));
            deltas.Fold(batch);
            var expected = naive.Cells();
            var actual = CellsOf(deltas);
            var wrong = expected.Except(actual).Select(cell => $"missing {cell}").Concat(actual.Except(expected).Select(cell => $"unexpected {cell}")).ToList();
            Assert.True(wrong.Count == 0, $"seed {seed}, round {round}: {string.Join("; ", wrong.Take(5))}");
            Assert.Equal(naive.LateCount, deltas.LateCount);
        }
    }

    [Fact]
    public void Event_older_than_the_retention_of_its_bucket_is_late_there_and_counts_elsewhere()
    {
        var deltas = new DeltaSet(Views);
        var batch = new EventBatch(deltas.Fields);
        const long BucketStart = 1_700_006_400_000; // a multiple of six hours
        var expiry = BucketStart + (30 * HourMs);
        Add(batch, new Sample(BucketStart, expiry - 1, "view", Session: "s1"));
        deltas.Fold(batch);
        Assert.Equal((0, 1), (deltas.LateCount, deltas.Views[3].Tiers[0].BucketCount));

        batch.Clear();
        Add(batch, new Sample(BucketStart, expiry, "view", Session: "s1"));
        deltas.Fold(batch);
        Assert.Equal((1, 0), (deltas.LateCount, deltas.Views[3].Tiers[0].BucketCount));
        Assert.Contains(("total", "all", 0L, "", ColumnKind.Count, "", "1"), CellsOf(deltas));
    }

    [Fact]
    public void Sum_of_any_batch_is_exact_also_beyond_64_bits()
    {
        var deltas = new DeltaSet([BuiltInViews.Total]);
        var batch = new EventBatch(deltas.Fields);
        for (var i = 0; i < 10_000; i++) Add(batch, new Sample(NowMs, NowMs, "purchase", Micros: EventLimits.ValueUnitsMax * FixedPoint.MicrosPerUnit));
        deltas.Fold(batch);
        var sum = (Int128)10_000 * EventLimits.ValueUnitsMax * FixedPoint.MicrosPerUnit;
        Assert.Contains(("total", "all", 0L, "", ColumnKind.Sum, "value", sum.ToString()), CellsOf(deltas));
    }

    [Fact]
    public void Empty_batch_touches_nothing()
    {
        var deltas = new DeltaSet(Views);
        deltas.Fold(new EventBatch(deltas.Fields));
        Assert.Equal(0, deltas.CellCount);
        Assert.Equal(0, deltas.NewestEventMs);
    }

    [Fact]
    public void Group_names_are_cut_at_a_character_and_keep_the_separator_for_themselves()
    {
        var view = new ViewDefinition { Name = "v", GroupBy = ["product", "note"] };
        var deltas = new DeltaSet([view]);
        var batch = new EventBatch(deltas.Fields);
        Add(batch, new Sample(NowMs, NowMs, "view", Product: "p", Note: "a\u001fb"));
        Add(batch, new Sample(NowMs, NowMs, "view", Product: "p", Note: new string('x', 255) + "é"));
        Add(batch, new Sample(NowMs, NowMs, "view"));
        deltas.Fold(batch);
        Assert.Equal(["p\u001fa b", "p\u001f" + new string('x', 255), "\u001f"], CellsOf(deltas).Select(cell => cell.Group));
    }

    private static Sample AddRandomEvent(EventBatch batch, Random random, long arrivalMs)
    {
        var sample = new Sample(
            arrivalMs - random.NextInt64(40 * HourMs), arrivalMs, "type" + random.Next(3),
            random.Next(4) == 0 ? null : "product" + random.Next(10),
            random.Next(10) == 0 ? null : "session" + random.Next(500),
            random.Next(3) == 0 ? null : random.NextInt64(-1_000_000, 5_000_000_000),
            random.Next(4) == 0 ? null : "c" + random.Next(3),
            random.Next(3) switch { 0 => null, 1 => "heavy", _ => FixedPoint.ToText(random.NextInt64(-5_000_000, 5_000_000)) });
        Add(batch, sample);
        return sample;
    }

    private static List<(string View, string Tier, long StartMs, string Group, ColumnKind Kind, string Field, string Cell)> CellsOf(DeltaSet deltas)
    {
        var cells = new List<(string, string, long, string, ColumnKind, string, string)>();
        var output = new ArrayBufferWriter<byte>();
        foreach (var view in deltas.Views)
        {
            foreach (var tier in view.Tiers)
            {
                for (var b = 0; b < tier.BucketCount; b++)
                {
                    foreach (var (group, row) in tier.Bucket(b).Rows)
                    {
                        var name = Encoding.UTF8.GetString(view.GroupName(group));
                        for (var c = 0; c < view.View.Columns.Count; c++)
                        {
                            var column = view.View.Columns[c];
                            output.ResetWrittenCount();
                            view.WriteCell(row, c, output);
                            var cell = column.Kind == ColumnKind.Registers ? Convert.ToHexString(output.WrittenSpan) : Encoding.UTF8.GetString(output.WrittenSpan);
                            cells.Add((view.View.Name, tier.Tier.Name, tier.Bucket(b).StartMs, name, column.Kind, column.Field, cell));
                        }
                    }
                }
            }
        }

        return cells;
    }

    // Through the decoder of plain entries: batches are filled by decoders only.
    private static void Add(EventBatch batch, Sample sample)
    {
        var decoder = new PlainEntryDecoder(batch);
        decoder.Begin(sample.ArrivalMs);
        foreach (var (name, value) in sample.Fields()) decoder.Field(Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(value));
        Assert.Equal(EventFault.None, decoder.End());
    }

    private sealed class TypeFilter(string type) : EventFilter
    {
        public override string Text => $"event_type == '{type}'";

        public override IReadOnlyList<string> Fields => ["event_type"];

        public override void Apply(EventBatch batch, Span<bool> passes)
        {
            for (var i = 0; i < passes.Length; i++) passes[i] = Encoding.UTF8.GetString(batch.EventType.Symbols[batch.EventType[i]]) == type;
        }

        public override bool Matches(Func<string, string?> field) => field("event_type") == type;
    }
}
