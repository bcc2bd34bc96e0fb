using Streamgauge.Streams;
using Streamgauge.TestKit;
using Streamgauge.Views;

namespace Streamgauge.Serving.Tests.Pipeline;

/// <summary>What a processor is seen to do: by its reports when they follow one another, else by its asking for entries.</summary>
public sealed class ProcessorTableTests
{
    private static readonly TimeSpan Busy = TimeSpan.FromSeconds(0.01);
    private static readonly TimeSpan Long = TimeSpan.FromHours(1);
    private readonly StoppedClock _clock = new();
    private readonly ProcessorTable _table;

    public ProcessorTableTests() => _table = new ProcessorTable(_clock);

    [Theory]
    [InlineData(null, 5, "counting")]
    [InlineData(null, 0, "waiting")]
    [InlineData("full", 5, "blocked")]
    public void State_is_what_it_reports(string? problem, long windowEvents, string state)
    {
        Update(Busy, Report(1, problem, windowEvents));

        var item = Assert.Single(_table.Processors);
        Assert.Equal((state, problem, 0.5 * windowEvents, 0.25), (item.State, item.Problem, item.EventsPerSecond, item.Busy));
        Assert.InRange(item.P99!.Value, 0.00099, 0.00101);
        Assert.Equal(item.P99, _table.Latency(0.99));
        Assert.Equal([("read", 0.75), ("add_up", 0.05), ("commit", 0.2)], _table.Stages.Select(stage => (stage.Name, stage.Share)));
    }

    [Fact]
    public void One_that_reports_nothing_is_judged_by_its_asking_for_entries()
    {
        Update(Busy, report: null);
        Assert.Equal("waiting", Assert.Single(_table.Processors).State);
        Update(Long, report: null);
        var item = Assert.Single(_table.Processors);
        Assert.Equal("silent", item.State);
        Assert.Null(item.EventsPerSecond);
        Assert.Null(_table.Latency(0.5));
        Assert.Empty(_table.Stages);
    }

    [Fact]
    public void One_whose_reports_stop_is_silent_after_five_seconds()
    {
        Update(Busy, Report(1));
        _clock.Advance(4.9);
        Update(Long, Report(1));
        Assert.Equal("counting", Assert.Single(_table.Processors).State);
        _clock.Advance(0.2);
        Update(Long, Report(1));
        Assert.Equal("silent", Assert.Single(_table.Processors).State);
        Update(Long, Report(2));
        Assert.Equal("counting", Assert.Single(_table.Processors).State); // Redis is full: it cannot read, and reports
    }

    [Fact]
    public void Report_a_dead_processor_left_is_no_sign_of_life_to_one_that_just_started()
    {
        Update(Long, Report(41));
        Assert.Equal("silent", Assert.Single(_table.Processors).State);
        Update(Long, Report(41));
        Assert.Equal("silent", Assert.Single(_table.Processors).State);
        Update(Long, Report(42));
        Assert.Equal("counting", Assert.Single(_table.Processors).State);
    }

    private void Update(TimeSpan idle, ProcessorReport? report)
    {
        var reports = new Dictionary<string, ProcessorReport>(StringComparer.Ordinal);
        if (report is not null) reports["c"] = report;
        _table.Update([new ConsumerStatus("c", 3, idle)], reports);
    }

    private static ProcessorReport Report(long sequence, string? problem = null, long windowEvents = 5) => new()
    {
        Consumer = "c", Sequence = sequence, Since = DateTimeOffset.UnixEpoch, Version = "1", Problem = problem, Events = 100, WindowSeconds = 2, WindowEvents = windowEvents,
        StageSeconds = new Dictionary<string, double>(StringComparer.Ordinal) { ["read"] = 1.5, ["add_up"] = 0.1, ["commit"] = 0.4, ["unknown"] = 7 },
        Latency = [LogHistogram.IndexOf(1_000), 1],
    };
}
