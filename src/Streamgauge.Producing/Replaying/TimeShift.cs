using Streamgauge.Events;

namespace Streamgauge.Producing;

/// <summary>The distance by which a replay moves timestamps into the present; the rules stand at <see cref="ReplayOptions.RebaseTime"/>.</summary>
/// <param name="Ms">Added to every timestamp.</param>
/// <param name="HoldsBack">Later than now becomes now: what must do when the end of the input is unknown.</param>
internal sealed record TimeShift(long Ms, bool HoldsBack)
{
    public static TimeShift None { get; } = new(0, HoldsBack: false);

    /// <summary>For a file whose oldest and newest event are known.</summary>
    /// <param name="speed">See <see cref="ReplayOptions.Speed"/>: 0 if the events are not sent at their own pace.</param>
    public static TimeShift OfFile(long oldestMs, long newestMs, double speed, long nowMs)
    {
        var spanMs = newestMs - oldestMs;
        var sendingMs = speed > 0 ? spanMs / speed : 0;
        var isTooFarAhead = spanMs - sendingMs > EventLimits.FutureSkewMax.TotalMilliseconds;
        return new TimeShift(isTooFarAhead ? nowMs - newestMs : nowMs - oldestMs, HoldsBack: false);
    }

    /// <summary>For an input of which only the first event is known.</summary>
    public static TimeShift OfStream(long firstMs, long nowMs) => new(nowMs - firstMs, HoldsBack: true);

    public long Apply(long timestampMs, long nowMs) => HoldsBack ? Math.Min(timestampMs + Ms, nowMs) : timestampMs + Ms;
}
