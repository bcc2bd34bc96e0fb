namespace Streamgauge.Resp.Tests.Connections;

public class RedisOptionsTests
{
    [Fact]
    public void Defaults_have_no_problems() => Assert.Empty(new RedisOptions().FindProblems());

    [Fact]
    public void Every_mistake_is_reported_at_once()
    {
        var options = new RedisOptions
        {
            ConnectTimeout = TimeSpan.Zero, CommandTimeout = TimeSpan.FromSeconds(-2), ReplyBytesMax = 1, ReplyDepthMax = 0,
            InFlightBytesMax = 0, Protocol = 4, ReconnectDelay = TimeSpan.Zero, ReconnectDelayMax = TimeSpan.FromSeconds(-1),
        };
        Assert.Equal(8, options.FindProblems().Count);
        var error = Assert.Throws<ArgumentException>(() => new RedisClient(new RedisEndpoint { Host = "h" }, options));
        Assert.Contains("Protocol must be 2 or 3, was 4", error.Message, StringComparison.Ordinal);
    }
}
