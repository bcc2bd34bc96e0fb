using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Streamgauge.Events;
using Streamgauge.Producing;
using Streamgauge.Streams;

namespace Streamgauge.Drills;

/// <summary>The product's own sender: what it took is in the stream exactly once when it says so, whatever broke on the way.</summary>
internal sealed class SequencedProducer : IDrillProducer
{
    private const int EventsPerSend = 10; // small frames make many entries, and so many entries in hand when something breaks
    private static readonly TimeSpan ReplicaTimeout = TimeSpan.FromMilliseconds(500);
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().AddSingleton<SenderMetrics>().BuildServiceProvider();
    private readonly EventLedger _ledger;
    private readonly double _rate;
    private readonly BufferingSender _sender;
    private readonly CancellationTokenSource _givingUp = new();
    private readonly List<Task> _settling = [];

    public SequencedProducer(IServer server, string stream, EventLedger ledger, double rate)
    {
        _ledger = ledger;
        _rate = rate;
        Link = new Link(server, "sg_append_v1");
        var options = new SenderOptions
        {
            Redis = Link.Endpoint,
            Connection = new Resp.RedisOptions { CommandTimeout = TimeSpan.FromSeconds(1), ConnectTimeout = TimeSpan.FromSeconds(1) },
            Stream = stream,
            ProducerPrefix = "drill",
            EventsPerSend = EventsPerSend,
            Durability = server.ConfirmedBy > 0 ? DurabilityLevel.Replicated : DurabilityLevel.Memory,
            Replicas = Math.Max(1, server.ConfirmedBy),
            ReplicaTimeout = ReplicaTimeout,
        };
        _sender = new BufferingSender(options, _services.GetRequiredService<SenderMetrics>(), NullLogger<BufferingSender>.Instance, TimeProvider.System);
    }

    public Link Link { get; }

    public async Task RunAsync(CancellationToken stopping)
    {
        var pacer = new EventPacer(_rate);
        while (!stopping.IsCancellationRequested)
        {
            await _sender.WaitForRoomAsync(stopping);
            for (var due = await pacer.NextAsync(stopping); due > 0; due -= EventsPerSend) Send(Math.Min(due, EventsPerSend));
        }
    }

    public Task SettleAsync(CancellationToken cancellationToken) => _sender.FlushAsync(cancellationToken);

    public async Task FinishAsync(TimeSpan bound)
    {
        _givingUp.CancelAfter(bound);
        await Task.WhenAll(_settling);
    }

    public async ValueTask DisposeAsync()
    {
        await _givingUp.CancelAsync();
        await Task.WhenAll(_settling);
        await _sender.DisposeAsync();
        await Link.DisposeAsync();
        await _services.DisposeAsync();
        _givingUp.Dispose();
    }

    /// <summary>One send, settled by itself: events of a send that Redis acknowledged must not wait in the ledger for a later one, which it may never acknowledge.</summary>
    private void Send(int count)
    {
        var numbers = new List<int>(count);
        for (var i = 0; i < count; i++)
        {
            var number = _ledger.Begin();
            if (TryAdd(number)) numbers.Add(number);
            else _ledger.Settle(number, Outcome.Rejected); // the buffer is full: it says so at once
        }

        _sender.Push();
        _settling.RemoveAll(task => task.IsCompleted);
        _settling.Add(SettleAsync(numbers));
    }

    private bool TryAdd(int number)
    {
        var made = DrillEvent.Of(number);
        var id = Encoding.UTF8.GetBytes(DrillEvent.IdOf(number));
        var fields = new EventFields
        {
            EventId = id,
            SessionId = id,
            EventType = Encoding.UTF8.GetBytes(made.EventType),
            Product = made.Product is null ? [] : Encoding.UTF8.GetBytes(made.Product),
            HasValue = made.ValueMicros is not null,
            ValueMicros = made.ValueMicros ?? 0,
            TimestampMs = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(),
        };
        return _sender.TryAdd(fields);
    }

    private async Task SettleAsync(List<int> numbers)
    {
        try
        {
            await _sender.FlushAsync(_givingUp.Token);
            foreach (var number in numbers) _ledger.Settle(number, Outcome.Ok);
        }
        catch (OperationCanceledException)
        {
            // not acknowledged within the bound: they stay unknown
        }
    }
}
