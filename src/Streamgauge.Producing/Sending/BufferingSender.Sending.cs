using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Streamgauge.Resp;
using Streamgauge.Streams;

namespace Streamgauge.Producing;

// The sending half: one loop, one connection at a time, sends in sequence.
//
// Invariant: the backlog holds every send not acknowledged, oldest first. After any failure all that were in hand are sent again in order;
// the server drops those that had arrived.
public sealed partial class BufferingSender
{
    private static readonly TimeSpan BackoffInitial = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan BackoffMax = TimeSpan.FromSeconds(2);

    private readonly Backoff _backoff;
    private string? _unchecked; // said once, not at every connect

    /// <summary>Why nothing can be sent at the moment; null while sending works.</summary>
    public string? Problem => _conditions.Blocking?.ToString();

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
                Note(e);
                await _backoff.WaitAsync(_stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private void Note(Exception e)
    {
        if (e is RedisReplyException { Code: "OOM" }) _metrics.RedisFull();
        else if (e is ServerUnsuitableException { Condition: var condition } && condition == Conditions.Unconfirmed) _metrics.Unconfirmed();
        else _metrics.Interrupted();
        _conditions.StandsStill(e);
    }

    private async Task SendOverOneConnectionAsync()
    {
        await using var connection = await RespConnection.ConnectAsync(_options.Redis, _options.Connection, _stopping.Token);
        await FunctionLibrary.EnsureLoadedAsync(connection, _stopping.Token);
        var terms = await DurabilityCheck.CheckAsync(connection, _options.Durability, _options.Replicas, _stopping.Token);
        if (terms.Unchecked is { } what && what != _unchecked) Log.Unchecked(_logger, Producer, _unchecked = what);
        var flights = new Queue<Flight>();
        try
        {
            // First again what is in doubt, then what comes.
            while (true)
            {
                Launch(connection, terms, flights);
                if (flights.Count == 0)
                {
                    await _added.Reader.ReadAsync(_stopping.Token);
                    continue;
                }

                await LandAsync(flights);
                if (Problem is null) continue;
                _conditions.Works();
                _backoff.Reset();
            }
        }
        finally
        {
            // A request belongs to its connection until it ends; only then may it be sent again.
            await connection.DisposeAsync();
            foreach (var flight in flights)
            {
                await Task.WhenAll(flight.Append, flight.Confirmation?.Done ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                SendTrace.Fail(flight.Span, flight.Append);
            }
        }
    }

    /// <summary>Sends as many as may be on their way, and behind them, where replicas are asked for, one question for all of them.</summary>
    private void Launch(RespConnection connection, DurabilityTerms terms, Queue<Flight> flights)
    {
        ReplicaConfirmation? confirmation = null;
        while (flights.Count < _options.SendsInFlight && TryGet(flights.Count, out var append))
        {
            append.IsOldest = flights.Count == 0;
            if (terms.Replicas > 0) confirmation ??= new ReplicaConfirmation(terms, _options.ReplicaTimeout);
            var span = SendTrace.BeginAppend(append);
            flights.Enqueue(new Flight(append, connection.ExecuteAsync(append).AsTask(), confirmation, span));
        }

        confirmation?.Start(connection);
    }

    /// <summary>Waits for the oldest send and acknowledges it, together with those that the same answer of the replicas covers.</summary>
    private async Task LandAsync(Queue<Flight> flights)
    {
        var confirmation = flights.Peek().Confirmation;
        do
        {
            var (oldest, append, _, span) = flights.Peek();
            await append.WaitAsync(_stopping.Token);
            if (confirmation is not null)
            {
                await confirmation.Done.WaitAsync(_stopping.Token);
                if (confirmation.Problem is { } problem) throw new ServerUnsuitableException(Conditions.Unconfirmed, problem);
            }

            _ = flights.Dequeue(); // only now: until it has ended, its connection must wait for it
            span.End();
            using (oldest.Trace.Enter()) Log.Sent(_logger, oldest.Producer, oldest.Sequence, oldest.Count, oldest.Outcome, oldest.EntryId);
            if (oldest.Outcome == AppendOutcome.AppendedAfterGap) Log.Gap(_logger, oldest.Producer, oldest.Sequence);
            Acknowledge();
        }
        while (confirmation is not null && flights.TryPeek(out var next) && next.Confirmation == confirmation);
    }

    private readonly record struct Flight(SequencedAppend Request, Task Append, ReplicaConfirmation? Confirmation, Activity? Span);

    private static partial class Log
    {
        [LoggerMessage(2214, LogLevel.Warning, "{Producer}: {What}")]
        public static partial void Unchecked(ILogger logger, string producer, string what);

        [LoggerMessage(2205, LogLevel.Error, "{Producer} ends with {Events} events that Redis has not acknowledged: they are lost")]
        public static partial void Dropped(ILogger logger, string producer, long events);

        [LoggerMessage(2204, LogLevel.Debug, "{Producer}:{Sequence} sent: {Events} events, {Outcome} as entry {EntryId}")]
        public static partial void Sent(ILogger logger, string producer, long sequence, int events, AppendOutcome outcome, StreamEntryId entryId);

        [LoggerMessage(2203, LogLevel.Error, "{Producer}: Redis does not know the sends before {Sequence} that it had acknowledged (failover, restored backup, or a day of silence)")]
        public static partial void Gap(ILogger logger, string producer, long sequence);
    }
}
