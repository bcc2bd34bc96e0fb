namespace Streamgauge.Resp.Tests.Redis;

/// <summary>A test against a real server, skipped with a message where none is installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RedisFactAttribute : FactAttribute
{
    public RedisFactAttribute()
    {
        if (RedisServer.FindExecutable() is null) Skip = "redis-server is not on the PATH; install it to run this test.";
    }
}
