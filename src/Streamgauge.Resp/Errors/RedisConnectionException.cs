namespace Streamgauge.Resp;

/// <summary>The server could not be reached, or the connection closed before the reply came. Transient; the command may or may not have been applied.</summary>
public sealed class RedisConnectionException(string message, Exception? innerException = null) : RedisException(message, innerException)
{
    /// <inheritdoc/>
    public override bool IsTransient => true;
}
