using System.Text;
using Streamgauge.Events;

namespace Streamgauge.Producing.Tests;

/// <summary>Keeps what it is given, up to a capacity that <see cref="OnRoom"/> frees again.</summary>
internal sealed class FakeSink : IEventSink
{
    public List<SentEvent> Events { get; } = [];

    public long Count { get; private set; }

    public bool Keeps { get; init; } = true;

    public Func<FakeSink, bool> HasRoom { get; set; } = _ => true;

    public Func<CancellationToken, ValueTask> OnRoom { get; set; } = _ => ValueTask.CompletedTask;

    public Action? OnAdd { get; set; }

    public int Flushes { get; private set; }

    public bool TryAdd(in EventFields fields)
    {
        if (!HasRoom(this)) return false;
        Assert.Equal(EventFault.None, EventValidator.Check(fields));
        Count++;
        if (Keeps) Events.Add(SentEvent.Of(fields));
        OnAdd?.Invoke();
        return true;
    }

    /// <summary>Events taken before each push.</summary>
    public List<long> Pushes { get; } = [];

    public void Push() => Pushes.Add(Count);

    public ValueTask WaitForRoomAsync(CancellationToken cancellationToken) => OnRoom(cancellationToken);

    public Task FlushAsync(CancellationToken cancellationToken)
    {
        Flushes++;
        return Task.CompletedTask;
    }
}

internal sealed record SentEvent(string EventId, string UserId, string Type, string Product, string SessionId, long? ValueMicros, long TimestampMs, string Extra)
{
    public static SentEvent Of(in EventFields fields)
    {
        var extra = new List<string>();
        for (var i = 0; i < (fields.Extra?.Count ?? 0); i++) extra.Add($"{Encoding.UTF8.GetString(fields.Extra!.Name(i))}={Encoding.UTF8.GetString(fields.Extra.Value(i))}");
        return new SentEvent(
            Encoding.UTF8.GetString(fields.EventId),
            Encoding.UTF8.GetString(fields.UserId),
            Encoding.UTF8.GetString(fields.EventType),
            Encoding.UTF8.GetString(fields.Product),
            Encoding.UTF8.GetString(fields.SessionId),
            fields.HasValue ? fields.ValueMicros : null,
            fields.TimestampMs,
            string.Join(';', extra));
    }
}
