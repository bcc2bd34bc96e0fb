using System.Text;
using Streamgauge.Events;

namespace Streamgauge.Views.Tests;

/// <summary>What passes a filter, by columns and one by one.</summary>
public class FilterMeaningTests
{
    [Theory]
    [InlineData("brand != 'a'", false)]
    [InlineData("not brand == 'a'", true)]
    [InlineData("brand != 3", false)]
    [InlineData("colour != 3", false)] // it is there, but no number
    [InlineData("colour != 'blue'", true)]
    [InlineData("weight == 2.5", true)]
    [InlineData("weight == '2.5'", false)] // ordinal: it was written 2.50
    [InlineData("weight in ('x', 2.5)", true)]
    [InlineData("value == 10", true)]
    [InlineData("ts >= 1763805600000 and ts < 1763805600000.5", true)]
    [InlineData("starts_with(colour, 'red')", true)]
    [InlineData("starts_with(colour, 'Red')", false)]
    public void A_comparison_with_what_is_absent_or_no_number_is_false(string text, bool passes)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal) { ["event_type"] = "view", ["colour"] = "redish", ["weight"] = "2.50", ["value"] = "10", ["ts"] = "1763805600000" };
        Assert.True(EventFilter.TryParse(text, out var filter, out _));
        Assert.Equal(passes, filter.Matches(name => fields.GetValueOrDefault(name)));
        var batch = new EventBatch(filter.Fields);
        Add(batch, fields);
        var result = new bool[1];
        filter.Apply(batch, result);
        Assert.Equal(passes, result[0]);
    }

    [Fact]
    public void By_columns_one_by_one_and_canonical_all_say_what_a_naive_reading_says()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var batch = new EventBatch(RandomFilter.Fields[..^2]);
        for (var round = 0; round < 400; round++)
        {
            batch.Clear();
            var events = Enumerable.Range(0, random.Next(60)).Select(_ => RandomFilter.Event(random)).ToList();
            foreach (var e in events) Add(batch, e);
            var expected = RandomFilter.Create(random);
            Assert.True(EventFilter.TryParse(expected.Text, out var filter, out var fault), $"seed {seed}: {expected.Text}: {fault?.Message}");
            Assert.True(EventFilter.TryParse(filter.Canonical, out var canonical, out fault), $"seed {seed}: {filter.Canonical}: {fault?.Message}");
            Assert.Equal(filter.Canonical, canonical.Canonical);

            var passes = new bool[events.Count + 1]; // a batch may be shorter than the place given
            var again = new bool[events.Count];
            filter.Apply(batch, passes);
            canonical.Apply(batch, again);
            for (var i = 0; i < events.Count; i++)
            {
                var (oracle, one) = (expected.Oracle(events[i]), filter.Matches(name => events[i].GetValueOrDefault(name)));
                Assert.True(oracle == passes[i] && oracle == one && oracle == again[i], $"seed {seed}, round {round}: {filter.Text}, event {string.Join(", ", events[i])}: expected {oracle}, columns {passes[i]}, one {one}, canonical {again[i]}");
            }
        }
    }

    [Fact]
    public void Applying_a_filter_allocates_nothing_per_event()
    {
        Assert.True(EventFilter.TryParse("event_type in ('view', 'buy') and (value > 3 or starts_with(product, 'p1')) and not brand == 7", out var filter, out _));
        var batch = new EventBatch(filter.Fields);
        for (var i = 0; i < 2_000; i++) Add(batch, new() { ["event_type"] = "view", ["product"] = $"p{i}", ["value"] = $"{i % 7}", ["brand"] = $"{i % 9}", ["ts"] = "1763805600000" });
        var passes = new bool[batch.Count];
        filter.Apply(batch, passes); // fills the pool
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < 10; round++) filter.Apply(batch, passes);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 5_000); // 20,000 events; finding a column costs a closure
    }

    // Through the decoder of plain entries: batches are filled by decoders only.
    private static void Add(EventBatch batch, Dictionary<string, string> fields)
    {
        var decoder = new PlainEntryDecoder(batch);
        decoder.Begin(1_763_805_700_000);
        foreach (var (name, value) in fields) decoder.Field(Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(value));
        Assert.Equal(EventFault.None, decoder.End());
    }
}
