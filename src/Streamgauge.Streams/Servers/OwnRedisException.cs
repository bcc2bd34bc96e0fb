namespace Streamgauge.Streams;

/// <summary>A redis-server of our own cannot be started; the message says why and what to do.</summary>
public sealed class OwnRedisException(string message) : Exception(message);
