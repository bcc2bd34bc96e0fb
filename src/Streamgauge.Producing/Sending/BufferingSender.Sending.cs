using Microsoft.Extensions.Logging;
using Streamgauge.Resp;
using Streamgauge.Streams;

namespace Streamgauge.Producing;

// The sending half: one loop, one connection at a time, sends in sequence.
//
//   sealed, in the channel → _unacknowledged, in sequence → acknowledged
//
// Invariant: _unacknowledged holds every send taken from the channel and not acknowledged, oldest first. After any failure all of
// them are sent again in order; the server drops those that had arrived.
public sealed partial class BufferingSender
{
    private static readonly TimeSpan BackoffInitial = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan BackoffMax = TimeSpan.FromSeconds(2);

    private readonly Backoff _backoff;
    private readonly List<Sealed> _unacknowledged = [];

    /// <summary>Why nothing can be sent at the moment; null while sending works.</summary>
    public string? Problem { get; private set; }

    private async Task SendUntilStoppedAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await SendOverOneConnectionAsync();
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // Whatever it was, what we took must get through: keep it, say why it waits, try again.
                _metrics.Interrupted();
                if (Problem is null) Log.Interrupted(_logger, Producer, e.Message);
                Problem = e.Message;
                await _backoff.WaitAsync(_stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task SendOverOneConnectionAsync()
    {
        await using var connection = await RespConnection.ConnectAsync(_options.Redis, _options.Connection, _stopping.Token);
        await FunctionLibrary.EnsureLoadedAsync(connection, _stopping.Token);
        var flights = new Queue<Task>();
        try
        {
            // First again what is in doubt, then what comes.
            var sent = 0;
            while (true)
            {
                while (flights.Count < _options.SendsInFlight && TryNext(sent, out var append))
                {
                    append.IsOldest = sent == 0;
                    flights.Enqueue(connection.ExecuteAsync(append).AsTask());
                    sent++;
                }

                if (flights.Count == 0)
                {
                    await _sealed.Reader.WaitToReadAsync(_stopping.Token);
                    continue;
                }

                await flights.Peek().WaitAsync(_stopping.Token);
                _ = flights.Dequeue(); // only now: until it has ended, the finally below must wait for it
                var oldest = _unacknowledged[0];
                _unacknowledged.RemoveAt(0);
                sent--;
                Log.Sent(_logger, Producer, oldest.Append.Sequence, oldest.Append.Count, oldest.Append.Outcome, oldest.Append.EntryId);
                if (oldest.Append.Outcome == AppendOutcome.AppendedAfterGap) Log.Gap(_logger, Producer, oldest.Append.Sequence);
                Acknowledge(oldest);
                if (Problem is null) continue;
                Log.Resumed(_logger, Producer);
                Problem = null;
                _backoff.Reset();
            }
        }
        finally
        {
            // A request belongs to its connection until it ends; only then may it be sent again.
            await connection.DisposeAsync();
            foreach (var flight in flights) await flight.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private bool TryNext(int sent, out SequencedAppend append)
    {
        if (sent == _unacknowledged.Count && _sealed.Reader.TryRead(out var item)) _unacknowledged.Add(item);
        append = sent < _unacknowledged.Count ? _unacknowledged[sent].Append : null!;
        return append is not null;
    }

    private static partial class Log
    {
        [LoggerMessage(2201, LogLevel.Warning, "{Producer} cannot send and buffers: {Reason}")]
        public static partial void Interrupted(ILogger logger, string producer, string reason);

        [LoggerMessage(2205, LogLevel.Error, "{Producer} ends with {Events} events that Redis has not acknowledged: they are lost")]
        public static partial void Dropped(ILogger logger, string producer, long events);

        [LoggerMessage(2202, LogLevel.Information, "{Producer} sends again")]
        public static partial void Resumed(ILogger logger, string producer);

        [LoggerMessage(2204, LogLevel.Debug, "{Producer}:{Sequence} sent: {Events} events, {Outcome} as entry {EntryId}")]
        public static partial void Sent(ILogger logger, string producer, long sequence, int events, AppendOutcome outcome, StreamEntryId entryId);

        [LoggerMessage(2203, LogLevel.Error, "{Producer}: Redis does not know the sends before {Sequence} that it had acknowledged (failover, restored backup, or a day of silence)")]
        public static partial void Gap(ILogger logger, string producer, long sequence);
    }
}
