namespace Streamgauge.Cli;

/// <summary>The private Redis cannot be started; the message says why and what to do.</summary>
internal sealed class OwnRedisException(string message) : Exception(message);
