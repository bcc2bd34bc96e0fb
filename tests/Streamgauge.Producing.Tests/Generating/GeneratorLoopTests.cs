namespace Streamgauge.Producing.Tests;

public class GeneratorLoopTests
{
    [Fact]
    public async Task Count_is_sent_exactly_at_the_rate_and_flushed()
    {
        var sink = new FakeSink();
        var end = await new GeneratorLoop(new GeneratorOptions { Rate = 5000, Count = 12_345 }, new VirtualTime()).RunAsync(sink, default);
        Assert.Equal(12_345, sink.Count);
        Assert.Equal(12_345, end.Sent);
        Assert.True(end.HoldsRate, end.ToString());
        Assert.Equal(1, sink.Flushes);
        Assert.Equal(0, end.RoomWaits);
    }

    [Fact]
    public async Task Every_slice_is_pushed_so_that_no_event_waits_for_the_next()
    {
        var sink = new FakeSink();
        await new GeneratorLoop(new GeneratorOptions { Rate = 5000, Count = 500 }, new VirtualTime()).RunAsync(sink, default);
        Assert.Equal(500, sink.Pushes[^1]);
        Assert.InRange(sink.Pushes.Count, 50, 110); // slices of about 5 events, a millisecond apart
    }

    [Fact]
    public async Task Duration_ends_on_the_schedule()
    {
        var sink = new FakeSink();
        var time = new VirtualTime();
        await new GeneratorLoop(new GeneratorOptions { Rate = 1000, Duration = TimeSpan.FromSeconds(3) }, time).RunAsync(sink, default);
        Assert.Equal(3000, sink.Count);
        Assert.InRange(time.Now.TotalSeconds, 2.99, 3.01);
    }

    [Fact]
    public async Task Timestamps_are_the_scheduled_times_in_order()
    {
        var time = new VirtualTime();
        var startMs = time.NowMs;
        var sink = new FakeSink();
        sink.OnAdd = () => { if (sink.Count == 500) time.Advance(TimeSpan.FromSeconds(2)); }; // a stall of the sink
        await new GeneratorLoop(new GeneratorOptions { Rate = 1000, Count = 5000 }, time).RunAsync(sink, default);
        Assert.Equal(Enumerable.Range(0, 5000).Select(i => startMs + i), sink.Events.Select(e => e.TimestampMs));
    }

    [Fact]
    public async Task Back_pressure_is_measured_as_slip_and_loses_nothing()
    {
        var time = new VirtualTime();
        var room = 100;
        var sink = new FakeSink { HasRoom = s => s.Count < room };
        sink.OnRoom = _ =>
        {
            time.Advance(TimeSpan.FromSeconds(1)); // takes 100 events per second, a tenth of what is asked for
            room += 100;
            return ValueTask.CompletedTask;
        };
        var end = await new GeneratorLoop(new GeneratorOptions { Rate = 1000, Count = 1000 }, time).RunAsync(sink, default);
        Assert.Equal(1000, sink.Events.Select(e => e.EventId).Distinct().Count());
        Assert.Equal(9, end.RoomWaits);
        Assert.InRange(end.SlipMax.TotalSeconds, 8, 9.1);
        Assert.False(end.HoldsRate);
    }

    [Fact]
    public async Task Progress_shows_a_slip_that_goes_on()
    {
        var time = new VirtualTime();
        var seen = new Collector<GeneratorProgress>();
        using var stop = new CancellationTokenSource();
        var sink = new FakeSink { HasRoom = s => s.Count < 10 };
        sink.OnRoom = async token =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            if (time.Now > TimeSpan.FromSeconds(5)) await stop.CancelAsync();
            token.ThrowIfCancellationRequested();
        };
        var end = await new GeneratorLoop(new GeneratorOptions { Rate = 1000 }, time, seen).RunAsync(sink, stop.Token);
        Assert.Equal(10, end.Sent);
        Assert.Contains(seen.Items, p => p.Slip > TimeSpan.FromSeconds(3));
        Assert.Equal(1, sink.Flushes);
    }

    [Fact]
    public async Task Full_speed_sends_the_count()
    {
        var sink = new FakeSink { Keeps = false };
        await new GeneratorLoop(new GeneratorOptions { Rate = 0, Count = 10_000 }, TimeProvider.System).RunAsync(sink, default);
        Assert.Equal(10_000, sink.Count);
    }

    [Fact]
    public async Task Real_timers_never_run_ahead_of_the_rate()
    {
        var sink = new FakeSink { Keeps = false };
        var end = await new GeneratorLoop(new GeneratorOptions { Rate = 5000, Count = 5000 }, TimeProvider.System).RunAsync(sink, default);
        Assert.Equal(5000, sink.Count);
        Assert.InRange(end.ActualRate, 1, 5050); // how late it may end is up to the machine; virtual time proves the rate itself
    }
}

internal sealed class Collector<T> : IProgress<T>
{
    public List<T> Items { get; } = [];

    public void Report(T value) => Items.Add(value);
}
