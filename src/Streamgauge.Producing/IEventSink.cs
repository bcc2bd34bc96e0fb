using Streamgauge.Events;

namespace Streamgauge.Producing;

/// Where producers put events.
public interface IEventSink {
  /// Takes one validated event, or returns false when buffers are full: then await WaitForRoomAsync and try again. The spans are copied before return.
  bool TryAdd(in EventFields fields);
  ValueTask WaitForRoomAsync(CancellationToken cancellationToken);
  /// Completes when everything taken so far is acknowledged by Redis.
  Task FlushAsync(CancellationToken cancellationToken);
}
