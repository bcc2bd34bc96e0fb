using Streamgauge.Events;
using Streamgauge.Producing;

namespace Streamgauge.Tests.System;

/// <summary>Counts each event in the moment the sender takes it: what must be in Redis in the end.</summary>
internal sealed class CountingSink(IEventSink inner) : IEventSink
{
    public Counters Taken { get; } = new();

    public bool TryAdd(in EventFields fields)
    {
        if (!inner.TryAdd(fields)) return false;
        Taken.Add(fields);
        return true;
    }

    public void Push() => inner.Push();

    public ValueTask WaitForRoomAsync(CancellationToken cancellationToken) => inner.WaitForRoomAsync(cancellationToken);

    public Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);
}
