using System.Diagnostics;

namespace Streamgauge.Resp;

// Deadlines, cancellation and the end. Closing happens once; the first cause wins and is kept in Fault.
public sealed partial class RespConnection
{
    /// <summary>Called by a request's token. In flight means closing; before that the request is just withdrawn.</summary>
    internal void Cancel(Flight flight)
    {
        var mustClose = false;
        var mustSend = false;
        lock (_gate)
        {
            switch (flight.Stage)
            {
                case FlightStage.Starting:
                    flight.IsCancelled = true; // Start sees it
                    return;
                case FlightStage.Waiting:
                    Withdraw(flight);
                    Refuse(flight, new OperationCanceledException(flight.CancellationToken));
                    mustSend = TryBecomeSender();
                    break;
                case FlightStage.InFlight:
                    flight.IsCancelled = true;
                    mustClose = true;
                    break;
                default:
                    return; // answered meanwhile
            }
        }

        FailRefused();
        if (mustSend) Send();
        if (mustClose) Close(new RedisConnectionException($"The connection to {Endpoint} was closed because a request in flight was cancelled, and its late reply must not be taken for another's."));
    }

    private long DeadlineFor(TimeSpan timeout)
    {
        if (timeout == Timeout.InfiniteTimeSpan) return long.MaxValue;
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(timeout, TimeSpan.Zero);
        var ticks = timeout.TotalSeconds * _time.TimestampFrequency;
        return _time.GetTimestamp() + (ticks < long.MaxValue / 2 ? (long)ticks : long.MaxValue / 2);
    }

    /// <summary>Looks at the oldest request only: replies come in order, so nothing behind it can be answered before it.</summary>
    private void CheckDeadlines()
    {
        var isOverdue = false;
        bool mustSend;
        lock (_gate)
        {
            if (_fault is not null) return;
            var now = _time.GetTimestamp();
            if (_inFlight.TryPeek(out var oldest)) isOverdue = oldest.Deadline <= now;

            // Not sent, so it can be given up alone; what stood behind it may fit.
            while (_waiting.TryPeek(out var waiting) && waiting.Deadline <= now)
            {
                _waiting.Dequeue();
                _parked.Clear();
                Refuse(waiting, new RedisTimeoutException($"The request was not sent to {Endpoint} in time: {_inFlightBytes} bytes were in flight (bound {_options.InFlightBytesMax}, RedisOptions.InFlightBytesMax). The server is slower than its callers."));
            }

            LaunchWaiting();
            mustSend = TryBecomeSender();
        }

        if (mustSend) Send();
        FailRefused();
        if (isOverdue) Close(new RedisTimeoutException($"{Endpoint} did not answer in time, so the connection was closed: a late reply must not be taken for another's. The server is stalled or unreachable; SLOWLOG and its log tell."));
    }

    /// <summary>Gives up a server of a topology that says it is the wrong one, so that whoever connects next finds the right one.</summary>
    /// <remarks>An address that names its server means that server: closing would only break what else is in flight, and lead back to it.</remarks>
    private void CloseIfWrongServer(RedisReplyException error)
    {
        if (Topology?.IsWrongServer(new RedisHost(Endpoint.Host!, Endpoint.Port), error) == true) CloseAsWrongServer(error.Message, error);
    }

    internal void CloseAsWrongServer(string reason, Exception? cause = null) =>
        Close(new RedisConnectionException($"{Endpoint} is not, or no longer, the server to use ({reason}), so its connection was closed. Connecting again finds the right one.", cause));

    private RedisReplyException ExplainMoved(RedisReplyException error) =>
        new(error.Code, $"{error.Message}: {Endpoint} is one node of a Redis Cluster, and another one has the key. Write the address as redis+cluster://{new RedisHost(Endpoint.Host ?? "", Endpoint.Port)}, and the right node is found.", error);

    private void CloseAfterIoError(string action, Exception cause) =>
        Close(new RedisConnectionException($"{action} {Endpoint} failed: {cause.Message.TrimEnd('.')}. The server may have been stopped or the network cut; the connection is closed.", cause));

    private void Close(Exception fault)
    {
        Flight[] abandoned;
        lock (_gate)
        {
            if (_fault is not null) return;
            Volatile.Write(ref _fault, fault);
            abandoned = [.. _inFlight, .. _waiting];
            foreach (var flight in abandoned) flight.Stage = FlightStage.Landed;
            _inFlight.Clear();
            _waiting.Clear();
            _inFlightBytes = 0;
        }

        // The write buffers are left to the collector: a send may still be reading one, so it must not go back to the pool.
        _deadlineTimer.Dispose();
        _stream.Dispose();
        foreach (var flight in abandoned) flight.Fail(FaultFor(flight));
        _closed.TrySetResult();
    }

    /// <summary>A new exception for each request: one shared instance would collect everybody's stack traces.</summary>
    private Exception FaultFor(Flight flight)
    {
        Debug.Assert(_fault is not null, "Only a closed connection has a fault.");
        if (flight.IsCancelled) return new OperationCanceledException(flight.CancellationToken);

        // A request that was never part of the failure learns that the connection is closed, whatever closed it.
        var isLate = flight.Stage == FlightStage.Starting;
        if (_fault is RedisTimeoutException && !isLate) return new RedisTimeoutException(_fault.Message, _fault);
        return new RedisConnectionException(isLate ? $"The connection is closed. {_fault.Message}" : _fault.Message, _fault);
    }
}
