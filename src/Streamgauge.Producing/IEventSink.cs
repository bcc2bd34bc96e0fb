using Streamgauge.Events;

namespace Streamgauge.Producing;

/// <summary>Where producers put events.</summary>
public interface IEventSink
{
    /// <summary>Takes one validated event; the spans are copied before it returns.</summary>
    /// <returns>False when buffers are full: await <see cref="WaitForRoomAsync"/> and try again.</returns>
    bool TryAdd(in EventFields fields);

    /// <summary>Sends what was taken without waiting for company. To be called by a source that has no more for now.</summary>
    void Push();

    /// <summary>Completes when there is room again.</summary>
    ValueTask WaitForRoomAsync(CancellationToken cancellationToken);

    /// <summary>Completes when everything taken so far is acknowledged by Redis.</summary>
    Task FlushAsync(CancellationToken cancellationToken);
}
