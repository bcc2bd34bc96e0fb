using Streamgauge.Resp;

namespace Streamgauge.Drills;

/// <summary>The Redis a drill runs against: a private one under its control, or the user's, which is never touched.</summary>
internal interface IServer : IAsyncDisposable
{
    /// <summary>Where it is, past the network that the drill breaks.</summary>
    RedisEndpoint Endpoint { get; }

    /// <summary>Connection options that go with it: TLS.</summary>
    RedisOptions Options { get; }
}
