using Streamgauge.Resp;

namespace Streamgauge.Drills;

/// <summary>One server that clients of a drill may be sent to.</summary>
/// <param name="Place">Where it listens.</param>
/// <param name="Name">Where servers tell clients to find it; null when nobody tells.</param>
internal sealed record ServerNode(RedisEndpoint Place, RedisHost? Name = null);
