using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Streamgauge.Resp;

// Smart batching: a caller appends its command to _pending, and if nobody is sending it becomes the sender. What others append meanwhile
// goes out with the next send. No timer and no writer thread; a lone request is on the wire before ExecuteAsync returns.
//
//   _pending   commands appended, guarded by _gate
//   _outgoing  commands being written to the stream, owned by the one sender (_isSending)
//
// Invariant: _inFlightBytes is the sum of Bytes over _inFlight, and is at most InFlightBytesMax unless _inFlight holds a single request.
public sealed partial class RespConnection
{
    private readonly Action _resumeSending;
    private RespWriter _outgoing = new();
    private ConfiguredValueTaskAwaitable.ConfiguredValueTaskAwaiter _sendAwaiter;

    private void Start(Flight flight)
    {
        Exception? refusal = null;
        bool mustSend;
        lock (_gate)
        {
            if (flight.IsCancelled) refusal = new OperationCanceledException(flight.CancellationToken);
            else if (_fault is not null) refusal = FaultFor(flight);
            else if (_waiting.Count == 0) TryLaunch(flight, ref refusal);

            if (refusal is not null)
            {
                flight.Stage = FlightStage.Landed;
            }
            else if (flight.Stage == FlightStage.Starting)
            {
                flight.Stage = FlightStage.Waiting;
                _waiting.Enqueue(flight);
            }

            mustSend = TryBecomeSender();
        }

        if (refusal is not null) flight.Fail(refusal);
        if (mustSend) Send();
    }

    /// <summary>Writes the command and puts it in flight, or parks it when it does not fit. Under the lock.</summary>
    private bool TryLaunch(Flight flight, ref Exception? refusal)
    {
        var mark = _pending.Length;
        try
        {
            _pending.BeginCheck();
            flight.Request.Write(_pending);
            if (_pending.CommandCount != 1 || !_pending.IsComplete) throw new InvalidOperationException($"{flight.Request.GetType().Name}.Write must write exactly one complete command, and wrote {_pending.CommandCount}, the last {(_pending.IsComplete ? "complete" : "incomplete")}.");
        }
        catch (Exception e)
        {
            // Half a command must not reach the wire: the replies behind it would all shift.
            _pending.Truncate(mark);
            refusal = e;
            return false;
        }

        flight.Bytes = _pending.Length - mark;
        if (Fits(flight.Bytes))
        {
            Launch(flight);
            return true;
        }

        // Kept as bytes, so that Write runs once a send whatever happens.
        _parked.Append(_pending.WrittenSpan[mark..]);
        _pending.Truncate(mark);
        return false;
    }

    private bool Fits(int bytes) => _inFlightBytes == 0 || _inFlightBytes + bytes <= _options.InFlightBytesMax;

    private void Launch(Flight flight)
    {
        flight.Stage = FlightStage.InFlight;
        _inFlightBytes += flight.Bytes;
        _inFlight.Enqueue(flight);
    }

    /// <summary>Puts waiting requests in flight, first come first served, while they fit. Under the lock.</summary>
    private void LaunchWaiting()
    {
        while (_waiting.TryPeek(out var flight))
        {
            Exception? refusal = null;
            if (_parked.Length > 0)
            {
                if (!Fits(flight.Bytes)) return;
                _pending.Append(_parked.WrittenSpan);
                _parked.Clear();
                Launch(flight);
            }
            else if (!TryLaunch(flight, ref refusal) && refusal is null)
            {
                return;
            }

            _waiting.Dequeue();
            if (refusal is not null) Refuse(flight, refusal);
        }
    }

    /// <summary>Takes a waiting request back out of the queue. Under the lock.</summary>
    private void Withdraw(Flight flight)
    {
        if (_waiting.Peek() == flight) _parked.Clear();
        for (var left = _waiting.Count; left > 0; left--)
        {
            var other = _waiting.Dequeue();
            if (other != flight) _waiting.Enqueue(other);
        }

        LaunchWaiting();
    }

    private void Refuse(Flight flight, Exception exception)
    {
        flight.Stage = FlightStage.Landed;
        _refused.Add((flight, exception));
    }

    /// <summary>Fails what was refused under the lock. Outside it, since releasing a flight may wait for a callback that wants the lock.</summary>
    private void FailRefused()
    {
        (Flight Flight, Exception Exception)[] refused;
        lock (_gate)
        {
            refused = [.. _refused];
            _refused.Clear();
        }

        foreach (var (flight, exception) in refused) flight.Fail(exception);
    }

    /// <summary>True when there is something to send and nobody sends: the caller must call <see cref="Send"/> after leaving the lock.</summary>
    private bool TryBecomeSender()
    {
        if (_isSending || _pending.Length == 0 || _fault is not null) return false;
        _isSending = true;
        return true;
    }

    /// <summary>Sends until nothing is pending. Returns early when the socket is full; <see cref="ResumeSending"/> then carries on.</summary>
    private void Send()
    {
        try
        {
            while (TryTakePending())
            {
#pragma warning disable CA2012 // one sender at a time, and it asks the awaiter for its result exactly once
                _sendAwaiter = _stream.WriteAsync(_outgoing.WrittenMemory).ConfigureAwait(false).GetAwaiter();
#pragma warning restore CA2012
                if (!_sendAwaiter.IsCompleted)
                {
                    _sendAwaiter.UnsafeOnCompleted(_resumeSending);
                    return;
                }

                _sendAwaiter.GetResult();
            }
        }
        catch (Exception e)
        {
            CloseAfterIoError("Sending to", e);
        }
    }

    // A cached delegate on the awaiter instead of an async method: a full socket costs no allocation.
    private void ResumeSending()
    {
        try
        {
            _sendAwaiter.GetResult();
        }
        catch (Exception e)
        {
            CloseAfterIoError("Sending to", e);
            return;
        }

        Send();
    }

    private bool TryTakePending()
    {
        lock (_gate)
        {
            Debug.Assert(_isSending, "Only the sender may take the pending commands.");
            _outgoing.Clear();
            if (_pending.Length == 0 || _fault is not null)
            {
                _isSending = false;
                return false;
            }

            (_pending, _outgoing) = (_outgoing, _pending);
            return true;
        }
    }
}
