namespace Streamgauge.Producing.Tests;

public class PacerTests
{
    [Theory]
    [InlineData(5_000, 60)]
    [InlineData(500_000, 60)]
    [InlineData(333.3, 600)]
    [InlineData(0.5, 3600)]
    public async Task Rate_is_held_without_drift_although_every_sleep_ends_late(double rate, int seconds)
    {
        var random = new Random(1);
        var time = new VirtualTime { Lateness = () => TimeSpan.FromMicroseconds(random.Next(0, 2500)) };
        var pacer = new Pacer(rate, time);
        long sent = 0;
        while (pacer.Elapsed < TimeSpan.FromSeconds(seconds))
        {
            sent += await pacer.WaitForSliceAsync(default);

            // No drift: at any moment the count is that of the schedule, however long it has been running.
            Assert.InRange(sent, (pacer.Elapsed.TotalSeconds * rate) - (rate * 0.001), (pacer.Elapsed.TotalSeconds * rate) + 1.1);
        }

        Assert.InRange(sent / pacer.Elapsed.TotalSeconds, rate * 0.99, (rate * 1.01) + (1.0 / seconds));
    }

    [Fact]
    public async Task Slices_stay_small()
    {
        var time = new VirtualTime();
        var pacer = new Pacer(500_000, time);
        for (var i = 0; i < 1000; i++) Assert.InRange(await pacer.WaitForSliceAsync(default), 1, 501);
        Assert.InRange(time.Now.TotalMilliseconds, 998, 1001);
    }

    [Fact]
    public async Task A_stall_is_caught_up_in_bounded_bursts()
    {
        var time = new VirtualTime();
        var pacer = new Pacer(10_000, time);
        long sent = await pacer.WaitForSliceAsync(default);
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(10, pacer.SlipOf(sent).TotalSeconds, 0.01);
        for (var slices = 0; pacer.SlipOf(sent) > TimeSpan.FromMilliseconds(2); slices++)
        {
            var slice = await pacer.WaitForSliceAsync(default);
            Assert.InRange(slice, 1, 500); // 50 ms of schedule
            sent += slice;
            Assert.InRange(slices, 0, 300);
        }

        Assert.InRange(sent, pacer.Elapsed.TotalSeconds * 9_990, (pacer.Elapsed.TotalSeconds * 10_000) + 1.1);
    }

    [Fact]
    public async Task Full_speed_never_sleeps()
    {
        var time = new VirtualTime();
        var pacer = new Pacer(0, time);
        for (var i = 0; i < 10; i++) Assert.Equal(Pacer.FullSpeedSlice, await pacer.WaitForSliceAsync(default));
        Assert.Equal(TimeSpan.Zero, time.Now);
    }

    [Fact]
    public async Task A_cancelled_wait_throws()
    {
        var pacer = new Pacer(1, new VirtualTime());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await pacer.WaitForSliceAsync(new CancellationToken(canceled: true)));
    }
}
