using Streamgauge.Events;

namespace Streamgauge.Producing;

/// <summary>What a replay has sent and refused so far.</summary>
internal sealed class ReplayTally
{
    private readonly SortedDictionary<string, long> _malformedByReason = new(StringComparer.Ordinal);
    private long _timestampMsMin = long.MaxValue;
    private long _timestampMsMax = long.MinValue;
    private Int128 _valueMicros;

    public long Events { get; private set; }

    public long Malformed { get; private set; }

    public void Sent(in EventFields fields)
    {
        Events++;
        _timestampMsMin = Math.Min(_timestampMsMin, fields.TimestampMs);
        _timestampMsMax = Math.Max(_timestampMsMax, fields.TimestampMs);
        if (fields.HasValue) _valueMicros += fields.ValueMicros;
    }

    public void Refused(string reason)
    {
        Malformed++;
        _malformedByReason[reason] = _malformedByReason.GetValueOrDefault(reason) + 1;
    }

    public ReplaySummary Summary(bool isComplete, long lines, TimeSpan elapsed) => new(
        isComplete,
        lines,
        Events,
        Malformed,
        _malformedByReason,
        Events == 0 ? null : _timestampMsMin,
        Events == 0 ? null : _timestampMsMax,
        _valueMicros,
        elapsed);
}
