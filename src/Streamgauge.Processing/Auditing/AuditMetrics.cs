using System.Diagnostics;
using System.Diagnostics.Metrics;
using Streamgauge.Streams;

namespace Streamgauge.Processing;

/// <summary>The last audit of this process; nothing is known (NaN) before the first, and once another process has audited since.</summary>
internal sealed class AuditMetrics
{
    private static readonly string[] Outcomes = [AuditOutcomes.Sound, AuditOutcomes.Drift, AuditOutcomes.Changed, AuditOutcomes.TooLarge, AuditOutcomes.TooLong, AuditOutcomes.Interrupted];
    private readonly Counter<long> _audits;
    private Result? _last;

    public AuditMetrics(Meter meter)
    {
        _audits = meter.CreateCounter<long>("audits", "{audit}", "Audits by outcome.");
        meter.CreateObservableGauge("audit.drift", () => Read(last => last.Verification.Drifts.Count), "{counter}", "Stored counters that differ from what the retained stream gives.");
        meter.CreateObservableGauge("audit.unaccounted", () => Read(last => last.Verification.Books.Unaccounted ?? double.NaN), "{entry}", "Entries appended that are neither counted, dead-lettered, lost, pending nor undelivered.");
        meter.CreateObservableGauge("audit.buckets", () => Read(last => last.Verification.BucketsCompared), "{bucket}", "Buckets compared.");
        meter.CreateObservableGauge("audit.age", () => Read(last => Stopwatch.GetElapsedTime(last.At).TotalSeconds), "s", "Time since the last audit.");
        meter.CreateObservableGauge("audit.duration", () => Read(last => last.Duration.TotalSeconds), "s", "How long it took.");
        foreach (var outcome in Outcomes) _audits.Add(0, Tag(outcome));
    }

    public void Done(Verification verification, TimeSpan duration)
    {
        Volatile.Write(ref _last, new Result(verification, Stopwatch.GetTimestamp(), duration));
        _audits.Add(1, Tag(verification.IsSound ? AuditOutcomes.Sound : AuditOutcomes.Drift));
    }

    public void Void(string outcome) => _audits.Add(1, Tag(outcome));

    /// <summary>Another process audits: what we found is no longer the newest.</summary>
    public void Forget() => Volatile.Write(ref _last, null);

    private double Read(Func<Result, double> number) => Volatile.Read(ref _last) is { } last ? number(last) : double.NaN;

    private static KeyValuePair<string, object?> Tag(string outcome) => new("outcome", outcome);

    private sealed record Result(Verification Verification, long At, TimeSpan Duration);
}

/// <summary>How an audit ended; values of the label <c>outcome</c>.</summary>
internal static class AuditOutcomes
{
    public const string Sound = "sound";
    public const string Drift = "drift";
    public const string Changed = "changed"; // views or state changed meanwhile: nothing can be said
    public const string TooLarge = "too_large";
    public const string TooLong = "too_long";
    public const string Interrupted = "interrupted";
}
