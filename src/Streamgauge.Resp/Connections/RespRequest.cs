namespace Streamgauge.Resp;

/// <summary>One command and the reading of its reply, as a reusable object. The data plane allocates one and sends it again and again.</summary>
/// <remarks>
/// Owned by one caller, in flight once at a time: from <see cref="RespConnection.ExecuteAsync(RespRequest, TimeSpan?, CancellationToken)"/> until
/// its await returns the object belongs to the connection. Then it may be changed and sent at once, on any connection.
/// </remarks>
public abstract class RespRequest
{
    protected RespRequest() => Flight = new Flight(this);

    internal Flight Flight { get; }

    /// <summary>Writes exactly one command. Called once a send, under the connection's lock, possibly later and on another thread when room was awaited.</summary>
    protected internal abstract void Write(RespWriter output);

    /// <summary>Reads the complete reply in place, on the read loop: must not block, and the bytes are invalid afterwards. Not called for error replies.</summary>
    /// <remarks>What it throws reaches the awaiter; a <see cref="RespProtocolException"/> also closes the connection.</remarks>
    protected internal abstract void Read(ref RespReader reply);
}
