namespace Streamgauge.Resp;

// One loop reads into one buffer, finds complete replies, and hands each to the oldest request in flight.
public sealed partial class RespConnection
{
    private Task _readLoop = Task.CompletedTask;

    private void StartReading() => _readLoop = ReadLoopAsync();

    private async Task ReadLoopAsync()
    {
        // Owned by the loop and returned by it, so no read can land in a buffer that went back to the pool.
        using var buffer = new ReplyBuffer();
        var scanner = new RespScanner(_options.ReplyBytesMax, _options.ReplyDepthMax);
        try
        {
            while (IsOpen)
            {
                var count = await _stream.ReadAsync(buffer.GetFree());
                if (count == 0)
                {
                    Close(new RedisConnectionException($"{Endpoint} closed the connection. It may be restarting, out of clients (maxclients), or have killed this one; its log tells."));
                    return;
                }

                buffer.Received(count);
                HandleReplies(buffer, scanner);
            }
        }
        catch (RespProtocolException e)
        {
            Close(e);
        }
        catch (Exception e)
        {
            CloseAfterIoError("Reading from", e);
        }
    }

    private void HandleReplies(ReplyBuffer buffer, RespScanner scanner)
    {
        while (scanner.TryScan(buffer.Unread, out var length))
        {
            HandleReply(buffer.Unread[..length]);
            buffer.Consume(length);
        }
    }

    private void HandleReply(ReadOnlySpan<byte> bytes)
    {
        var reply = new RespReader(bytes);
        var type = reply.PeekType();

        // RESP3 pushes come unasked and answer nothing; we subscribe to none.
        if (type == RespType.Push) return;
        if (!TryLand(out var flight, out var mustSend, out var hasRefused)) return;

        // Before completing the flight: its owner's next request then joins a batch instead of waiting for this send.
        if (mustSend) Send();
        if (hasRefused) FailRefused();
        if (type is RespType.Error or RespType.BlobError)
        {
            _ = reply.TryReadError(out var error);
            CloseIfWrongServer(error!); // first, so that an owner who sees the error also sees the connection closed
            flight.Fail(Topology is null && error!.Code == "MOVED" ? ExplainMoved(error) : error!);
            return;
        }

        try
        {
            flight.Request.Read(ref reply);
        }
        catch (Exception e)
        {
            // Close first, so that an owner who sees the exception also sees the connection closed.
            if (e is RespProtocolException) Close(e);
            flight.Fail(e);
            return;
        }

        flight.Succeed();
    }

    /// <summary>Takes the oldest request in flight for its reply, and uses the room it leaves. False when the connection is closed.</summary>
    private bool TryLand([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Flight? flight, out bool mustSend, out bool hasRefused)
    {
        lock (_gate)
        {
            mustSend = false;
            hasRefused = false;
            if (!_inFlight.TryDequeue(out flight))
            {
                if (_fault is not null) return false;
                throw new RespProtocolException($"{Endpoint} sent a reply that no request waits for (offset 0, bound 0 replies); the peer is not Redis, or pushes to a RESP2 client.", offset: 0);
            }

            flight.Stage = FlightStage.Landed;
            _inFlightBytes -= flight.Bytes;
            if (_waiting.Count == 0) return true;
            LaunchWaiting();
            mustSend = TryBecomeSender();
            hasRefused = _refused.Count > 0;
            return true;
        }
    }
}
