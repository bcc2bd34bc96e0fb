namespace Streamgauge.Resp.Tests.Connections;

public class RedisEndpointTests
{
    [Theory]
    [InlineData("redis://localhost", "localhost", 6379, false, null, null, 0)]
    [InlineData(" redis://localhost ", "localhost", 6379, false, null, null, 0)]
    [InlineData("REDIS://Localhost:7000/", "Localhost", 7000, false, null, null, 0)]
    [InlineData("redis://10.0.0.1:6380/3", "10.0.0.1", 6380, false, null, null, 3)]
    [InlineData("rediss://cache.example:6390", "cache.example", 6390, true, null, null, 0)]
    [InlineData("redis://app:secret@h:1/2", "h", 1, false, "app", "secret", 2)]
    [InlineData("redis://:secret@h", "h", 6379, false, null, "secret", 0)]
    [InlineData("redis://app:@h", "h", 6379, false, "app", null, 0)]
    [InlineData("redis://a%3Ab:p%40ss%2Fw%3Ard%25@h", "h", 6379, false, "a:b", "p@ss/w:rd%", 0)]
    [InlineData("redis://u:p@ss@h", "h", 6379, false, "u", "p@ss", 0)]
    [InlineData("redis://[::1]:6390/1", "::1", 6390, false, null, null, 1)]
    [InlineData("redis://[fe80::1]", "fe80::1", 6379, false, null, null, 0)]
    public void Tcp_addresses_are_read(string text, string host, int port, bool useTls, string? user, string? password, int database)
    {
        Assert.True(RedisEndpoint.TryParse(text, out var endpoint, out var problem), problem);
        Assert.Equal(new RedisEndpoint { Host = host, Port = port, UseTls = useTls, User = user, Password = password, Database = database }, endpoint);
    }

    [Theory]
    [InlineData("unix:///run/redis.sock", "/run/redis.sock", null, null, 0)]
    [InlineData("unix:///run/redis.sock?db=4", "/run/redis.sock", null, null, 4)]
    [InlineData("unix://u:p%40@/tmp/r.sock?db=0", "/tmp/r.sock", "u", "p@", 0)]
    [InlineData("unix:///tmp/a@b/r.sock", "/tmp/a@b/r.sock", null, null, 0)]
    public void Unix_addresses_are_read(string text, string path, string? user, string? password, int database)
    {
        Assert.True(RedisEndpoint.TryParse(text, out var endpoint, out var problem), problem);
        Assert.Equal(new RedisEndpoint { SocketPath = path, User = user, Password = password, Database = database }, endpoint);
    }

    [Theory]
    [InlineData(null, "empty")]
    [InlineData("", "empty")]
    [InlineData("localhost:6379", "no scheme")]
    [InlineData("http://localhost", "not known")]
    [InlineData("redis://", "no host")]
    [InlineData("redis://:6379", "no host")]
    [InlineData("redis://my host", "blanks")]
    [InlineData("redis://h:port", "port")]
    [InlineData("redis://h:0", "port")]
    [InlineData("redis://h:65536", "port")]
    [InlineData("redis://h:", "port")]
    [InlineData("redis://::1", "no host")]
    [InlineData("redis://fe80::1", "brackets")]
    [InlineData("redis://[::1", "closes")]
    [InlineData("redis://[::1]6379", "port")]
    [InlineData("redis://h/db", "database")]
    [InlineData("redis://h/-1", "database")]
    [InlineData("redis://h?ssl=true", "settings")]
    [InlineData("redis://user@h", "':'")]
    [InlineData("redis://:@h", "empty password")]
    [InlineData("redis://u:p%@h", "%25")]
    [InlineData("redis://u:p%zz@h", "%25")]
    [InlineData("unix://run/redis.sock", "three slashes")]
    [InlineData("unix:///", "three slashes")]
    [InlineData("unix:///r.sock?port=1", "only db")]
    [InlineData("unix:///r.sock?db=x", "database")]
    public void Mistakes_are_named_with_their_remedy(string? text, string expected)
    {
        Assert.False(RedisEndpoint.TryParse(text, out var endpoint, out var problem));
        Assert.Null(endpoint);
        Assert.Contains(expected, problem, StringComparison.Ordinal);
        Assert.EndsWith(".", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("redis://app:secret@h:1/2", "redis://app:***@h:1/2")]
    [InlineData("redis://:secret@h", "redis://:***@h:6379")]
    [InlineData("redis://app:@h", "redis://app:@h:6379")]
    [InlineData("rediss://h", "rediss://h:6379")]
    [InlineData("redis://[::1]", "redis://[::1]:6379")]
    [InlineData("unix://:secret@/r.sock?db=2", "unix://:***@/r.sock?db=2")]
    [InlineData("unix:///r.sock", "unix:///r.sock")]
    public void Text_form_masks_the_password(string text, string shown) => Assert.Equal(shown, RedisEndpoint.Parse(text).ToString());

    [Theory]
    [InlineData("redis://u:hunter2@")]
    [InlineData("redis://u:hunter2@h:x")]
    [InlineData("redis://hunter2@h")]
    [InlineData("redi://u:hunter2@h")]
    [InlineData("u:hunter2@h")]
    [InlineData("unix://u:hunter2@/r.sock?hunter2")]
    public void No_problem_shows_the_password(string text)
    {
        var error = Assert.Throws<FormatException>(() => RedisEndpoint.Parse(text));
        Assert.DoesNotContain("hunter2", error.Message, StringComparison.Ordinal);
    }
}
