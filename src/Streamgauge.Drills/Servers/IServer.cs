using Streamgauge.Resp;

namespace Streamgauge.Drills;

/// <summary>The Redis a drill runs against: private servers under its control, or the user's, which is never touched.</summary>
internal interface IServer : IAsyncDisposable
{
    /// <summary>Where it is, past the network that the drill breaks.</summary>
    RedisEndpoint Endpoint { get; }

    /// <summary>Connection options that go with it: TLS.</summary>
    RedisOptions Options { get; }

    /// <summary>All servers behind <see cref="Endpoint"/>, which clients of it may be sent to.</summary>
    IReadOnlyList<ServerNode> Nodes => [new ServerNode(Endpoint)];

    /// <summary>Replicas that must confirm before a producer takes an event for acknowledged; 0 when Redis's own reply is enough.</summary>
    int ConfirmedBy => 0;
}
