using Streamgauge.Streams;
using Streamgauge.TestKit;
using Streamgauge.Views;

namespace Streamgauge.Processing.Tests.Reporting;

/// <summary>A report is about the last ten seconds, whatever was before.</summary>
public sealed class WorkerActivityTests
{
    private readonly StoppedClock _clock = new();

    [Fact]
    public void Young_worker_reports_what_it_did_since_it_started()
    {
        var activity = new WorkerActivity(_clock);
        _clock.Advance(2.5);
        activity.Counted(10, 0.001);
        activity.Counted(20, 0.003);

        var report = activity.Report("c", "full");

        Assert.Equal(("c", "full", 1, 30, 30), (report.Consumer, report.Problem, report.Sequence, report.Events, report.WindowEvents));
        Assert.Equal(2.5, report.WindowSeconds, 6);
        Assert.Equal(DateTimeOffset.UnixEpoch, report.Since);
        Assert.InRange(Latency(report).Quantile(1)!.Value, 2_970, 3_030);
        Assert.Equal(2, Latency(report).Count);
        Assert.Equal(2, activity.Report("c", problem: null).Sequence);
    }

    [Fact]
    public void Report_before_any_time_passed_has_a_window_that_can_be_divided_by()
    {
        Assert.Equal(ProcessorReport.WindowSecondsMin, new WorkerActivity(_clock).Report("c", problem: null).WindowSeconds);
    }

    [Fact]
    public void Seconds_leave_the_window_one_by_one()
    {
        var activity = new WorkerActivity(_clock);
        for (var second = 0; second < 20; second++)
        {
            activity.Counted(100 + second, 0.001);
            _clock.Advance(1);
        }

        _clock.Advance(0.5); // the newest slice, of 20 s, is half full; 11 to 19 are whole
        var report = activity.Report("c", problem: null);

        Assert.Equal(Enumerable.Range(111, 9).Sum(), report.WindowEvents);
        Assert.Equal(9.5, report.WindowSeconds, 6);
        Assert.Equal(Enumerable.Range(100, 20).Sum(), report.Events);
        Assert.Equal(9, Latency(report).Count);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(11)]
    [InlineData(1_000_003)]
    public void After_a_pause_nothing_old_is_in_the_window(int seconds)
    {
        var activity = new WorkerActivity(_clock);
        activity.Counted(5, 0.001);
        activity.Spent(WorkerStage.Read, activity.Start());
        _clock.Advance(seconds);
        activity.Counted(1, 0.001);

        var report = activity.Report("c", problem: null);

        Assert.Equal((1, 6), (report.WindowEvents, report.Events));
        Assert.Equal(1, Latency(report).Count);
    }

    [Fact]
    public void Time_of_a_round_is_told_by_stage()
    {
        var activity = new WorkerActivity(_clock);
        var at = activity.Start();
        _clock.Advance(0.25);
        at = activity.Spent(WorkerStage.Commit, at);
        _clock.Advance(1.5);
        at = activity.Spent(WorkerStage.Read, at);
        _clock.Advance(0.125);
        activity.Spent(WorkerStage.AddUp, at);

        var seconds = activity.Report("c", problem: null).StageSeconds;

        Assert.Equal((1.5, 0.125, 0.25), (seconds[ProcessorStages.Read], seconds[ProcessorStages.AddUp], seconds[ProcessorStages.Commit]));
        Assert.Equal(3, seconds.Count);
    }

    private static LogHistogram Latency(ProcessorReport report)
    {
        var latency = new LogHistogram();
        report.AddLatencyTo(latency);
        return latency;
    }
}
