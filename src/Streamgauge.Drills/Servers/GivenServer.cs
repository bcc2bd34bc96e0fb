using Streamgauge.Resp;

namespace Streamgauge.Drills;

/// <summary>The user's own Redis: only processes and the network in front of it are broken.</summary>
internal sealed class GivenServer(RedisEndpoint endpoint, RedisOptions options) : IServer
{
    public RedisEndpoint Endpoint { get; } = endpoint;

    public RedisOptions Options { get; } = options;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
