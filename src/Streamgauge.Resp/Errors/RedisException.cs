namespace Streamgauge.Resp;

/// <summary>What every failure of this library derives from, except callers' mistakes.</summary>
public abstract class RedisException : Exception
{
    private protected RedisException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>
    /// True when the same command may succeed if sent again. It does <b>not</b> say that the command was not applied:
    /// only idempotent commands may be resent without asking.
    /// </summary>
    public abstract bool IsTransient { get; }
}
