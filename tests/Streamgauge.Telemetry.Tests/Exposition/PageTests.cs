using System.Diagnostics.Metrics;

namespace Streamgauge.Telemetry.Tests;

public sealed class PageTests
{
    [Fact]
    public void Every_kind_of_instrument_reads_back_the_same_in_both_formats()
    {
        using var bench = new Bench();
        bench.Meter.CreateCounter<long>("a.counter").Add(5);
        bench.Meter.CreateCounter<double>("a.fraction").Add(0.5);
        bench.Meter.CreateUpDownCounter<int>("an.updown").Add(-2);
        bench.Meter.CreateGauge<double>("a.gauge").Record(1e-7);
        bench.Meter.CreateObservableCounter("an.observed.counter", () => 9L);
        bench.Meter.CreateObservableUpDownCounter("an.observed.updown", () => (short)-4);
        bench.Meter.CreateObservableGauge("an.observed.gauge", () => 2.5m);
        Histogram(bench, 1, 2).Record(1);

        foreach (var page in new[] { bench.Text, bench.OpenMetrics })
        {
            Assert.Equal(5, page["a_counter_total"]);
            Assert.Equal(0.5, page["a_fraction_total"]);
            Assert.Equal(-2, page["an_updown"]);
            Assert.Equal(1e-7, page["a_gauge"]);
            Assert.Equal(9, page["an_observed_counter_total"]);
            Assert.Equal(-4, page["an_observed_updown"]);
            Assert.Equal(2.5, page["an_observed_gauge"]);
            Assert.Equal(1, page["a_histogram_seconds_bucket{le=\"1.0\"}"]);
            Assert.Equal(1, page["a_histogram_seconds_count"]);
        }
    }

    [Fact]
    public void OpenMetrics_names_counter_families_without_total_states_units_and_ends_with_EOF()
    {
        using var bench = new Bench();
        bench.Meter.CreateCounter<double>("work.time", "s", "Time spent.").Add(1.5);

        var page = bench.OpenMetrics;
        Assert.Equal("counter", page.Types["work_time_seconds"]);
        Assert.Equal("seconds", page.Units["work_time_seconds"]);
        Assert.Equal(1.5, page["work_time_seconds_total"]);
        Assert.EndsWith("\n# EOF\n", page.Text);
        Assert.Equal("counter", bench.Text.Types["work_time_seconds_total"]);
        Assert.DoesNotContain("# EOF", bench.Text.Text);
        Assert.Empty(bench.Text.Units);
    }

    [Fact]
    public void Histogram_buckets_are_cumulative_inclusive_and_agree_with_count_and_sum()
    {
        using var bench = new Bench();
        var histogram = Histogram(bench, .001, 1, 2.5);
        foreach (var value in new[] { .001, .5, 1, 2, 100 }) histogram.Record(value);

        var page = bench.OpenMetrics;
        Assert.Equal(1, page["a_histogram_seconds_bucket{le=\"0.001\"}"]);
        Assert.Equal(3, page["a_histogram_seconds_bucket{le=\"1.0\"}"]);
        Assert.Equal(4, page["a_histogram_seconds_bucket{le=\"2.5\"}"]);
        Assert.Equal(5, page["a_histogram_seconds_bucket{le=\"+Inf\"}"]);
        Assert.Equal(5, page["a_histogram_seconds_count"]);
        Assert.Equal(103.501, page["a_histogram_seconds_sum"], 9);
    }

    [Fact]
    public void Histograms_without_advice_get_default_bounds_that_fit_their_unit()
    {
        using var bench = new Bench();
        bench.Meter.CreateHistogram<double>("wait", "s").Record(.2);
        bench.Meter.CreateHistogram<int>("batch", "{event}").Record(200);

        Assert.Equal(1, bench.Text["wait_seconds_bucket{le=\"0.25\"}"]);
        Assert.Equal(1, bench.Text["batch_bucket{le=\"250.0\"}"]);
    }

    [Fact]
    public void Counters_and_histograms_are_zero_before_their_first_measurement_and_gauges_absent()
    {
        using var bench = new Bench();
        bench.Meter.CreateCounter<long>("a.counter");
        bench.Meter.CreateGauge<long>("a.gauge");
        Histogram(bench, 1);

        Assert.Equal(0, bench.Text["a_counter_total"]);
        Assert.Equal(0, bench.Text["a_histogram_seconds_count"]);
        Assert.DoesNotContain("a_gauge", bench.Text.Text);
    }

    [Fact]
    public void A_zero_recorded_once_keeps_its_labels_and_the_bare_zero_goes_away()
    {
        using var bench = new Bench();
        bench.Meter.CreateCounter<long>("a.counter").Add(0, new KeyValuePair<string, object?>("reason", "late"));

        Assert.Equal(0, bench.Text["a_counter_total{reason=\"late\"}"]);
        Assert.DoesNotContain("a_counter_total", bench.Text.Samples.Keys);
    }

    [Fact]
    public void Instruments_made_before_the_exposition_are_seen()
    {
        using var meter = new Meter("Streamgauge.PageTests");
        var counter = meter.CreateCounter<long>("early.bird");
        using var exposition = new MetricsExposition(new MetricsExpositionOptions());
        counter.Add(1);

        Assert.Equal(1, Page.Of(exposition)["early_bird_total"]);
    }

    [Fact]
    public void Meters_of_other_names_and_other_scopes_are_not_exposed()
    {
        using var bench = new Bench();
        using var stranger = new Meter("Somebody.Else");
        using var neighbour = new Meter(new MeterOptions("Streamgauge.Bench") { Scope = new object() });
        stranger.CreateCounter<long>("strange").Add(1);
        neighbour.CreateCounter<long>("next.door").Add(1);

        Assert.DoesNotContain("strange", bench.Text.Text);
        Assert.DoesNotContain("next_door", bench.Text.Text);
    }

    [Fact]
    public void A_throwing_callback_is_counted_and_the_rest_of_the_page_survives()
    {
        using var bench = new Bench();
        bench.Meter.CreateObservableGauge("broken", Broken);
        bench.Meter.CreateObservableGauge("healthy", () => 7L);

        Assert.Equal(7, bench.Text["healthy"]);
        Assert.Equal(7, bench.OpenMetrics["healthy"]);
        Assert.True(bench.Text["telemetry_callback_failures_total"] >= 2);
    }

    [Fact]
    public void What_a_callback_no_longer_reports_is_no_longer_exposed()
    {
        using var bench = new Bench();
        var consumers = new List<string> { "a", "b" };
        bench.Meter.CreateObservableGauge("idle", () => consumers.Select(name => new Measurement<long>(1, new KeyValuePair<string, object?>("consumer", name))));
        Assert.Equal(1, bench.Text["idle{consumer=\"b\"}"]);

        consumers.Remove("b");
        Assert.DoesNotContain("idle{consumer=\"b\"}", bench.Text.Samples.Keys);
        Assert.Equal(1, bench.Text["idle{consumer=\"a\"}"]);
    }

    [Fact]
    public void One_name_for_two_kinds_exposes_the_first_and_counts_the_second()
    {
        using var bench = new Bench();
        using var other = bench.NewMeter();
        bench.Meter.CreateCounter<long>("clash").Add(1);
        other.CreateGauge<long>("clash").Record(2);
        Histogram(bench, 1).Record(1);
        other.CreateGauge<long>("a.histogram.seconds.count").Record(3);

        Assert.Equal(1, bench.Text["clash_total"]);
        Assert.Equal(1, bench.OpenMetrics["a_histogram_seconds_count"]);
        Assert.Equal(2, bench.Text["telemetry_instruments_conflicting_total"]);
    }

    [Fact]
    public void Equal_instruments_of_two_meters_add_up_in_one_family()
    {
        using var bench = new Bench();
        using var other = bench.NewMeter();
        bench.Meter.CreateCounter<long>("shared").Add(1);
        other.CreateCounter<long>("shared").Add(2);

        Assert.Equal(3, bench.Text["shared_total"]);
    }

    [Fact]
    public void Negative_increments_and_NaN_are_refused_and_counted()
    {
        using var bench = new Bench();
        var counter = bench.Meter.CreateCounter<double>("a.counter");
        counter.Add(2);
        counter.Add(-1);
        counter.Add(double.NaN);
        Histogram(bench, 1).Record(double.NaN);
        bench.Meter.CreateGauge<double>("a.gauge").Record(double.NaN);

        Assert.Equal(2, bench.Text["a_counter_total"]);
        Assert.Equal(0, bench.Text["a_histogram_seconds_count"]);
        Assert.Equal(double.NaN, bench.OpenMetrics["a_gauge"]);
        Assert.Equal(3, bench.Text["telemetry_measurements_rejected_total"]);
    }

    [Fact]
    public void A_typical_page_is_written_in_less_than_5_ms()
    {
        using var bench = new Bench();
        var histogram = Histogram(bench, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10);
        for (var i = 0; i < 50; i++) histogram.Record(.1, new KeyValuePair<string, object?>("route", $"/r{i}"));

        // The best of many: the promise is about our work, not about a busy machine.
        var best = Enumerable.Range(0, 40).Min(_ =>
        {
            var started = TimeProvider.System.GetTimestamp();
            bench.Exposition.Write(new System.Buffers.ArrayBufferWriter<byte>(128 * 1024), ExpositionFormat.OpenMetrics);
            return TimeProvider.System.GetElapsedTime(started).TotalMilliseconds;
        });
        Assert.True(best < 5, $"{best} ms");
    }

    [Fact]
    public void Options_out_of_range_are_refused_with_every_mistake_named()
    {
        var mistake = Assert.Throws<ArgumentOutOfRangeException>(() => new MetricsExposition(new MetricsExpositionOptions { SeriesMax = 0, LabelValueCharsMax = 1 }));
        Assert.Contains("SeriesMax", mistake.Message);
        Assert.Contains("LabelValueCharsMax", mistake.Message);
    }

    private static long Broken() => throw new InvalidOperationException("redis is away");

    private static Histogram<double> Histogram(Bench bench, params double[] bounds) => bench.Meter.CreateHistogram(
        "a.histogram", "s", "Some time.", tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = bounds });
}
