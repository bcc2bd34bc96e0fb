namespace Streamgauge.Resp;

/// <summary>No answer within the time allowed. Transient; the command may or may not have been applied.</summary>
public sealed class RedisTimeoutException(string message, Exception? innerException = null) : RedisException(message, innerException)
{
    /// <inheritdoc/>
    public override bool IsTransient => true;
}
