using System.Diagnostics.Metrics;

namespace Streamgauge.Telemetry.Tests;

public sealed class SeriesTests
{
    [Fact]
    public void Hostile_label_values_and_help_come_back_unchanged_and_stay_on_their_line()
    {
        const string hostile = "a\\b\"c\nd} 1\nfake_total 99\n# EOF";
        using var bench = new Bench();
        bench.Meter.CreateCounter<long>("a.counter", null, "Line one\nline \"two\" \\ three").Add(1, Tag("value", hostile));

        foreach (var page in new[] { bench.Text, bench.OpenMetrics })
        {
            Assert.Equal(1, page[$"a_counter_total{{value=\"{hostile}\"}}"]);
            Assert.DoesNotContain("fake_total", page.Samples.Keys);
        }

        Assert.Equal("Line one\\nline \"two\" \\\\ three", bench.Text.Helps["a_counter_total"]);
        Assert.Equal("Line one\\nline \\\"two\\\" \\\\ three", bench.OpenMetrics.Helps["a_counter"]);
    }

    [Fact]
    public void Control_characters_and_broken_surrogates_are_replaced_and_long_values_cut()
    {
        using var bench = new Bench(options => options.LabelValueCharsMax = 16);
        var counter = bench.Meter.CreateCounter<long>("a.counter");
        counter.Add(1, Tag("v", "\u001b[2J\r\0"));
        counter.Add(1, Tag("v", "\ud83d\ude00\ud83d!"));
        counter.Add(1, Tag("v", new string('x', 15) + "\ud83d\ude00"));
        counter.Add(1, Tag("v", new string('y', 16) + "1"));
        counter.Add(1, Tag("v", new string('y', 16) + "2"));

        var page = bench.Text;
        Assert.Equal(1, page["a_counter_total{v=\"\uFFFD[2J\uFFFD\uFFFD\"}"]);
        Assert.Equal(1, page["a_counter_total{v=\"\ud83d\ude00\uFFFD!\"}"]);
        Assert.Equal(1, page[$"a_counter_total{{v=\"{new string('x', 15)}\uFFFD\"}}"]);
        Assert.Equal(2, page[$"a_counter_total{{v=\"{new string('y', 16)}\"}}"]);
    }

    [Fact]
    public void Tag_sets_that_Prometheus_cannot_tell_apart_share_a_series()
    {
        using var bench = new Bench();
        var counter = bench.Meter.CreateCounter<long>("a.counter");
        counter.Add(1, Tag("a", "1"), Tag("b", "2"));
        counter.Add(1, Tag("b", "2"), Tag("a", "1"));
        counter.Add(1, Tag("b", 2), Tag("a", 1L));
        counter.Add(1, Tag("b", 2), Tag("a", 1L), Tag("c", ""), Tag("d", null));
        counter.Add(1, Tag("x.y", "p"), Tag("x_y", "q"));
        counter.Add(1, Tag("empty", ""));
        counter.Add(1);

        Assert.Equal(4, bench.Text["a_counter_total{a=\"1\",b=\"2\"}"]);
        Assert.Equal(1, bench.Text["a_counter_total{x_y=\"p;q\"}"]);
        Assert.Equal(2, bench.Text["a_counter_total"]);
    }

    [Fact]
    public void Beyond_SeriesMax_one_overflow_series_keeps_the_total_right()
    {
        using var bench = new Bench(options => options.SeriesMax = 10);
        var counter = bench.Meter.CreateCounter<long>("a.counter");
        for (var i = 0; i < 25; i++) counter.Add(1, Tag("user", i));
        counter.Add(1, Tag("user", 3)); // known sets go on as before
        counter.Add(1, Tag("user", 24));

        var page = bench.Text;
        var series = page.Samples.Where(sample => sample.Key.StartsWith("a_counter_total", StringComparison.Ordinal)).ToList();
        Assert.Equal(11, series.Count);
        Assert.Equal(27, series.Sum(sample => sample.Value));
        Assert.Equal(16, page["a_counter_total{overflow=\"true\"}"]);
        Assert.Equal(2, page["a_counter_total{user=\"3\"}"]);
        Assert.Equal(16, page["telemetry_series_overflow_total"]);
    }

    [Fact]
    public void Observed_counters_overflow_with_the_right_total_on_every_page()
    {
        using var bench = new Bench(options => options.SeriesMax = 5);
        bench.Meter.CreateObservableCounter("seen", () => Enumerable.Range(1, 8).Select(i => new Measurement<long>(10, Tag("id", i))));

        for (var scrape = 0; scrape < 3; scrape++) Assert.Equal(30, bench.Text["seen_total{overflow=\"true\"}"]);
    }

    [Fact]
    public async Task Many_threads_recording_while_pages_are_written_lose_nothing()
    {
        const int threads = 6, rounds = 20_000, sets = 50;
        using var bench = new Bench();
        var counter = bench.Meter.CreateCounter<long>("a.counter");
        var fraction = bench.Meter.CreateCounter<double>("a.fraction");
        var histogram = bench.Meter.CreateHistogram<double>("a.histogram", "s");

        var recording = Task.WhenAll(Enumerable.Range(0, threads).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < rounds; i++)
            {
                counter.Add(1, Tag("set", (i + thread) % sets));
                fraction.Add(0.5);
                histogram.Record(.25);
            }
        })));
        while (!recording.IsCompleted)
        {
            var during = bench.Text;
            Assert.Equal(during["a_histogram_seconds_bucket{le=\"+Inf\"}"], during["a_histogram_seconds_count"]);
        }

        await recording;
        var page = bench.Text;
        var total = page.Samples.Where(sample => sample.Key.StartsWith("a_counter_total{", StringComparison.Ordinal)).ToList();
        Assert.Equal(sets, total.Count);
        Assert.Equal(threads * rounds, total.Sum(sample => sample.Value));
        Assert.Equal(threads * rounds * 0.5, page["a_fraction_total"]);
        Assert.Equal(threads * rounds, page["a_histogram_seconds_count"]);
        Assert.Equal(threads * rounds * 0.25, page["a_histogram_seconds_sum"]);
    }

    [Fact]
    public void Threads_that_collide_on_one_fractional_total_lose_nothing()
    {
        const int rounds = 1_000_000;
        var series = new SumSeries([]);
        var threads = Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            for (var i = 0; i < rounds; i++) series.Record(0.5);
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());

        Assert.Equal(4 * rounds * 0.5, series.Total);
    }

    [Fact]
    public void Exactly_SeriesMax_label_sets_fit_however_often_the_table_grew()
    {
        using var bench = new Bench(options => options.SeriesMax = 300);
        var counter = bench.Meter.CreateCounter<long>("a.counter");
        for (var round = 0; round < 3; round++)
        {
            for (var i = 0; i < 300; i++) counter.Add(1, Tag("user", i), Tag("round", "same"));
        }

        Assert.Equal(0, bench.Text["telemetry_series_overflow_total"]);
        Assert.Equal(3, bench.Text["a_counter_total{round=\"same\",user=\"299\"}"]);
    }

    [Fact]
    public void Recording_with_up_to_three_tags_allocates_nothing()
    {
        using var bench = new Bench();
        var counter = bench.Meter.CreateCounter<long>("a.counter");
        var gauge = bench.Meter.CreateGauge<double>("a.gauge");
        var histogram = bench.Meter.CreateHistogram<double>("a.histogram", "s");
        void RecordAll()
        {
            counter.Add(1);
            counter.Add(1, Tag("a", "x"));
            counter.Add(1, Tag("a", "x"), Tag("b", "y"));
            gauge.Record(1, Tag("a", "x"));
            histogram.Record(.2, Tag("a", "x"), Tag("b", "y"));
            histogram.Record(.2, Tag("a", "x"), Tag("b", "y"), Tag("c", "z"));
        }

        for (var i = 0; i < 100; i++) RecordAll();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10_000; i++) RecordAll();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Counts_stay_exact_beyond_the_integers_of_a_double()
    {
        using var bench = new Bench();
        var counter = bench.Meter.CreateCounter<long>("a.counter");
        counter.Add((1L << 53) + 1);
        Assert.Contains("a_counter_total 9007199254740993\n", bench.Text.Text);
    }

    private static KeyValuePair<string, object?> Tag(string key, object? value) => new(key, value);
}
