namespace Streamgauge.Resp;

/// <summary>The bytes received are not the protocol, break a bound, or have another shape than the caller reads. Not transient: the same bytes would come again.</summary>
/// <param name="message">Names the offset and the bound that was broken.</param>
/// <param name="offset">Byte offset in the reply, -1 when not tied to one.</param>
public sealed class RespProtocolException(string message, long offset = -1) : RedisException(message, innerException: null)
{
    /// <inheritdoc/>
    public override bool IsTransient => false;

    /// <summary>Byte offset in the reply, -1 when not tied to one.</summary>
    public long Offset { get; } = offset;
}
