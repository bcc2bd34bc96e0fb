namespace Streamgauge.Resp.Tests.Topologies;

public class KnownHostsTests
{
    private static readonly RedisHost A = new("a", 1);
    private static readonly RedisHost B = new("b", 1);
    private static readonly RedisHost C = new("c", 1);
    private static readonly RedisHost D = new("d", 1);

    [Fact]
    public void Who_answered_comes_first_and_who_failed_last()
    {
        var known = new KnownHosts([A, B, C]);
        known.Prefer(C);
        Assert.Equal([C, A, B], known.InOrder());
        known.Postpone(C);
        Assert.Equal([A, B, C], known.InOrder());
        known.Prefer(D);
        Assert.Equal([D, A, B, C], known.InOrder());
        known.Postpone(new RedisHost("stranger", 1));
        Assert.Equal([D, A, B, C], known.InOrder());
    }

    [Fact]
    public void Seeds_are_never_forgotten_and_learned_ones_are_when_they_left()
    {
        var known = new KnownHosts([A]);
        known.Learn(new HashSet<RedisHost> { B, C });
        known.Prefer(C);
        Assert.Equal([C, A, B], known.InOrder());
        known.Learn(new HashSet<RedisHost> { B, D });
        Assert.Equal([A, B, D], known.InOrder());
    }
}
