using System.Diagnostics.Metrics;

namespace Streamgauge.Telemetry;

internal enum MetricKind
{
    Counter,
    Gauge,
    Histogram,

    /// <summary><c>untyped</c> in text, <c>unknown</c> in OpenMetrics; see <see cref="ExposedName"/> for who gets it.</summary>
    Untyped,
}

/// <summary>What an instrument's class says about its measurements.</summary>
/// <param name="Kind">How the family is typed on the page, before its name has a say.</param>
/// <param name="Adds">Measurements add up; otherwise the last one wins.</param>
/// <param name="Monotonic">A negative measurement is a mistake.</param>
internal readonly record struct InstrumentShape(MetricKind Kind, bool Adds, bool Monotonic)
{
    /// <summary>False for instrument classes that do not exist yet.</summary>
    public static bool TryRead(Instrument instrument, out InstrumentShape shape)
    {
        var type = instrument.GetType();
        var open = type.IsGenericType ? type.GetGenericTypeDefinition() : null;

        if (open == typeof(Counter<>) || open == typeof(ObservableCounter<>))
            shape = new(MetricKind.Counter, Adds: true, Monotonic: true);
        else if (open == typeof(UpDownCounter<>) || open == typeof(ObservableUpDownCounter<>))
            shape = new(MetricKind.Gauge, Adds: true, Monotonic: false);
        else if (open == typeof(Gauge<>) || open == typeof(ObservableGauge<>))
            shape = new(MetricKind.Gauge, Adds: false, Monotonic: false);
        else if (open == typeof(Histogram<>))
            shape = new(MetricKind.Histogram, Adds: true, Monotonic: false);
        else
        {
            shape = default;
            return false;
        }

        return true;
    }
}
