using Streamgauge.Resp;

namespace Streamgauge.Streams;

/// <summary>Waits until replicas have everything this connection wrote before it. Blocks the connection for as long, so it is sent behind several appends.</summary>
/// <remarks>
/// Shape: <c>WAIT replicas ms</c> → replicas, or <c>WAITAOF 1 replicas ms</c> → [1 when the server's own disk has it, replicas]. Redis waits for its offset as of
/// the connection's last command, whatever that was: an append that was dropped as seen is confirmed as well as one that wrote.
/// </remarks>
public sealed class ReplicaConfirmation(DurabilityTerms terms, TimeSpan timeout) : RespRequest
{
    private long _local;
    private long _replicas;

    /// <summary>Completes with the reply; set by <see cref="Start"/>.</summary>
    public Task Done { get; private set; } = Task.CompletedTask;

    /// <summary>What is missing, in words; null when enough have it.</summary>
    public string? Problem =>
        _replicas < terms.Replicas ? $"Redis has it, but {_replicas} of {terms.Replicas} replicas {(terms.OnDisk ? "wrote it to their disks (appendonly yes?)" : "confirmed")} within {timeout.TotalMilliseconds:0} ms"
        : terms.OnDisk && _local == 0 ? $"the replicas have it, but Redis's own disk did not within {timeout.TotalMilliseconds:0} ms"
        : null;

    /// <summary>Sends it.</summary>
    public void Start(RespConnection connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        Done = connection.ExecuteAsync(this).AsTask();
    }

    protected override void Write(RespWriter output)
    {
        output.WriteCommandHeader(terms.OnDisk ? 4 : 3);
        output.WriteBulk(terms.OnDisk ? "WAITAOF"u8 : "WAIT"u8);
        if (terms.OnDisk) output.WriteBulk(1);
        output.WriteBulk(terms.Replicas);
        output.WriteBulk((long)timeout.TotalMilliseconds);
    }

    protected override void Read(ref RespReader reply)
    {
        if (terms.OnDisk)
        {
            reply.ReadAggregateHeader();
            _local = reply.ReadInteger();
        }

        _replicas = reply.ReadInteger();
    }
}
