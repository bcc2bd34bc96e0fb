using System.Globalization;
using Streamgauge.Events;

namespace Streamgauge.Views;

/// <summary>One resolution of a view: buckets of a length, and how long they are kept.</summary>
/// <param name="Every">Length of a bucket in event time; null for one bucket of all time.</param>
/// <param name="Retain">How long after its end a bucket is kept; only with <paramref name="Every"/>.</param>
public sealed record Tier(TimeSpan? Every, TimeSpan Retain)
{
    /// <summary>One bucket that is kept for ever.</summary>
    public static Tier AllTime { get; } = new(Every: null, TimeSpan.Zero);

    /// <summary>Buckets that began before are gone, Unix milliseconds: the retention was shorter then. 0 when it never was.</summary>
    public long KeptSinceMs { get; init; }

    /// <summary>As it is declared and stands in keys: <c>10s</c>, <c>1m</c>, <c>1h</c>, <c>1d</c>, <c>all</c>.</summary>
    public string Name { get; } = NameOf(Every);

    /// <summary>Length of a bucket, milliseconds; 0 for all time.</summary>
    public long EveryMs { get; } = Every is { } every ? (long)every.TotalMilliseconds : 0;

    /// <summary>Start of the bucket that holds <paramref name="timestampMs"/>; 0 for all time.</summary>
    public long BucketStartMs(long timestampMs) => EveryMs == 0 ? 0 : timestampMs / EveryMs * EveryMs;

    /// <summary>When the bucket is forgotten, Unix milliseconds; <see cref="long.MaxValue"/> for all time.</summary>
    public long BucketExpiryMs(long bucketStartMs) => EveryMs == 0 ? long.MaxValue : bucketStartMs + EveryMs + (long)Retain.TotalMilliseconds;

    /// <summary>Whether a bucket is there, if anything was counted into it.</summary>
    public bool IsKept(long bucketStartMs, long nowMs) => BucketExpiryMs(bucketStartMs) > nowMs && bucketStartMs >= KeptSinceMs;

    /// <summary>Starts of all buckets that can hold something, oldest first; not for all time.</summary>
    /// <remarks>From the oldest kept to the one an event from the allowed future falls into, and one more at either end for clocks that differ.</remarks>
    public IEnumerable<long> LiveBucketsMs(long nowMs)
    {
        var oldest = Math.Max(0, BucketStartMs(nowMs - EveryMs - (long)Retain.TotalMilliseconds));
        var newest = BucketStartMs(nowMs + (long)EventLimits.FutureSkewMax.TotalMilliseconds) + EveryMs;
        for (var startMs = oldest; startMs <= newest; startMs += EveryMs) yield return startMs;
    }

    private static string NameOf(TimeSpan? length)
    {
        if (length is not { } every) return "all";
        var (number, unit) = every switch
        {
            { Ticks: var t } when t % TimeSpan.TicksPerDay == 0 => (t / TimeSpan.TicksPerDay, "d"),
            { Ticks: var t } when t % TimeSpan.TicksPerHour == 0 => (t / TimeSpan.TicksPerHour, "h"),
            { Ticks: var t } when t % TimeSpan.TicksPerMinute == 0 => (t / TimeSpan.TicksPerMinute, "m"),
            { Ticks: var t } when t % TimeSpan.TicksPerSecond == 0 => (t / TimeSpan.TicksPerSecond, "s"),
            _ => (every.Ticks / TimeSpan.TicksPerMillisecond, "ms"),
        };
        return number.ToString(CultureInfo.InvariantCulture) + unit;
    }
}
