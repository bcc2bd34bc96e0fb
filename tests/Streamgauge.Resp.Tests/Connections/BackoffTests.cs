using Streamgauge.Resp.Tests.Fakes;

namespace Streamgauge.Resp.Tests.Connections;

public class BackoffTests
{
    [Fact]
    public void Pauses_double_to_the_maximum_and_lie_between_half_and_whole()
    {
        var backoff = new Backoff(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(5), TimeProvider.System);
        for (var attempt = 0; attempt < 2000; attempt++)
        {
            Assert.Equal(attempt, backoff.Attempt);
            var wholeMs = Math.Min(5000, 100 * Math.Pow(2, attempt));
            Assert.InRange(backoff.Next().TotalMilliseconds, wholeMs / 2 - 0.001, wholeMs + 0.001);
        }
    }

    [Fact]
    public void Reset_begins_again_with_the_shortest_pause()
    {
        var backoff = new Backoff(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(5), TimeProvider.System);
        for (var attempt = 0; attempt < 10; attempt++) backoff.Next();
        backoff.Reset();
        Assert.Equal(0, backoff.Attempt);
        Assert.InRange(backoff.Next().TotalMilliseconds, 50, 100);
    }

    [Fact]
    public void Jitter_spreads_clients_that_failed_together()
    {
        var pauses = Enumerable.Range(0, 100).Select(seed => new Backoff(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), TimeProvider.System, new Random(seed)).Next());
        Assert.True(pauses.Distinct().Count() > 90);
    }

    [Fact]
    public async Task Wait_follows_the_given_clock_and_the_token()
    {
        var time = new ManualTime();
        var backoff = new Backoff(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10), time);
        var wait = backoff.WaitAsync(CancellationToken.None);
        time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(wait.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(5.1));
        await wait.WaitAsync(Eventually.Bound);

        using var stopping = new CancellationTokenSource();
        var cancelled = backoff.WaitAsync(stopping.Token);
        await stopping.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
    }

    [Fact]
    public void Bounds_that_make_no_sense_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Backoff(TimeSpan.Zero, TimeSpan.FromSeconds(1), TimeProvider.System));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Backoff(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(1), TimeProvider.System));
    }
}
