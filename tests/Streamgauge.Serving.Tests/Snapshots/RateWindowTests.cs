namespace Streamgauge.Serving.Tests;

public sealed class RateWindowTests
{
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch;

    [Fact]
    public void The_rate_is_that_of_the_last_five_seconds()
    {
        var window = new RateWindow();
        Assert.Null(window.Add(Start, 1_000_000));
        Assert.Null(window.Add(Start.AddMilliseconds(400), 1_000_100));
        decimal? rate = null;
        for (var second = 1; second <= 20; second++) rate = window.Add(Start.AddSeconds(second), 1_000_000 + (second <= 10 ? 0 : (second - 10) * 300));

        Assert.Equal(300m, rate);
    }

    [Fact]
    public void Counters_that_fell_begin_a_new_window()
    {
        var window = new RateWindow();
        window.Add(Start, 5_000);

        Assert.Null(window.Add(Start.AddSeconds(1), 0));
        Assert.Equal(10m, window.Add(Start.AddSeconds(2), 10));
    }
}
