using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Streamgauge.Cli;

/// <summary>How long each send took from sealing to its acknowledgement, by the sender's own metric.</summary>
internal sealed class AcknowledgementTimes : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentQueue<double> _times = new();

    public AcknowledgementTimes(IMeterFactory meters)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "sender.duration" && instrument.Meter.Scope == meters) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<double>((_, seconds, _, _) => _times.Enqueue(seconds * 1_000));
        _listener.Start();
    }

    /// <summary>Milliseconds of every send so far, ascending.</summary>
    public double[] TakeMs() => [.. _times.Order()];

    public void Dispose() => _listener.Dispose();
}
