namespace Streamgauge.Resp.Tests.Topologies;

/// <summary>Addresses behind which the server is to be found first.</summary>
public class TopologyAddressTests
{
    [Fact]
    public void An_address_of_sentinels_is_read()
    {
        var endpoint = RedisEndpoint.Parse(" redis+sentinel://app:p%40ss@s1:26380,s2,[::1]:7/my-master.1/3 ");
        var topology = Assert.IsType<SentinelTopology>(endpoint.Topology);
        Assert.Equal([new RedisHost("s1", 26380), new RedisHost("s2", 26379), new RedisHost("::1", 7)], topology.Seeds);
        Assert.Equal("my-master.1", topology.MasterName);
        Assert.Equal(("app", "p@ss", 3, false), (endpoint.User, endpoint.Password, endpoint.Database, endpoint.UseTls));
    }

    [Fact]
    public void An_address_of_a_cluster_is_read()
    {
        var endpoint = RedisEndpoint.Parse("rediss+cluster://:secret@n1:7000, n2,n1:7000/");
        var topology = Assert.IsType<ClusterTopology>(endpoint.Topology);
        Assert.Equal([new RedisHost("n1", 7000), new RedisHost("n2", 6379)], topology.Seeds);
        Assert.Equal((null, "secret", 0, true), (endpoint.User, endpoint.Password, endpoint.Database, endpoint.UseTls));
    }

    [Theory]
    [InlineData("redis+sentinel://s1", "which master")]
    [InlineData("redis+sentinel://s1/", "which master")]
    [InlineData("redis+sentinel://s1/a b", "which master")]
    [InlineData("redis+sentinel:///master", "no host")]
    [InlineData("redis+sentinel://s1,/master", "no host")]
    [InlineData("redis+sentinel://s1:x/master", "s1:26379")]
    [InlineData("redis+sentinel://s1/master/x", "database")]
    [InlineData("redis+sentinel://s1/master?db=1", "settings")]
    [InlineData("redis+sentinel://user@s1/master", "':'")]
    [InlineData("redis+cluster://n1/1", "only database 0")]
    [InlineData("redis+cluster://n1,n2:0", "port")]
    [InlineData("redis+cluster://", "no host")]
    [InlineData("redis+cluster://n1?x", "settings")]
    [InlineData("redis+nodes://n1", "redis+cluster://")]
    [InlineData("redis://n1,n2", "redis+cluster://")]
    [InlineData("redis://n1:7000,n2:7000", "redis+sentinel://")]
    [InlineData("unix+cluster:///r.sock", "not known")]
    public void Mistakes_are_named_with_their_remedy(string text, string expected)
    {
        Assert.False(RedisEndpoint.TryParse(text, out var endpoint, out var problem));
        Assert.Null(endpoint);
        Assert.Contains(expected, problem, StringComparison.Ordinal);
        Assert.EndsWith(".", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("redis+sentinel://app:secret@s1,[::1]:7/master/3", "redis+sentinel://app:***@s1:26379,[::1]:7/master/3")]
    [InlineData("rediss+sentinel://s1/master", "rediss+sentinel://s1:26379/master")]
    [InlineData("redis+cluster://:a,b/c@n1,n2:7000/0", "redis+cluster://:***@n1:6379,n2:7000")]
    public void Text_form_masks_the_password(string text, string shown) => Assert.Equal(shown, RedisEndpoint.Parse(text).ToString());

    [Theory]
    [InlineData("redis+cluster://u:hunter2@n1,n2/1")]
    [InlineData("redis+sentinel://u:hunter2@s1")]
    [InlineData("redis+sentinel://hunter2@s1/m")]
    [InlineData("redis+x://u:hunter2@s1/m")]
    public void No_problem_shows_the_password(string text)
    {
        var error = Assert.Throws<FormatException>(() => RedisEndpoint.Parse(text));
        Assert.DoesNotContain("hunter2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_password_of_sentinels_never_shows() =>
        Assert.DoesNotContain("hunter2", (RedisEndpoint.Parse("redis+sentinel://s1/m") with { SentinelPassword = "hunter2" }).ToString(), StringComparison.Ordinal);
}
