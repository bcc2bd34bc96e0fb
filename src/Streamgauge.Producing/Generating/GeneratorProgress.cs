namespace Streamgauge.Producing;

/// <summary>Where a generator run stands.</summary>
/// <param name="Sent">Events the sink has taken.</param>
/// <param name="Elapsed">Since the start.</param>
/// <param name="TargetRate">Events per second asked for; 0 means full speed.</param>
/// <param name="ActualRate">Events per second taken, over the whole run.</param>
/// <param name="Slip">How far the next event is behind its schedule.</param>
/// <param name="SlipMax">The largest slip of the run, at the moment an event was taken.</param>
/// <param name="RoomWaits">How often the sink's buffers were full.</param>
public sealed record GeneratorProgress(
    long Sent, TimeSpan Elapsed, double TargetRate, double ActualRate, TimeSpan Slip, TimeSpan SlipMax, long RoomWaits)
{
    /// <summary>Whether the actual rate is within 1 % of the target; always true at full speed.</summary>
    public bool HoldsRate => TargetRate == 0 || Math.Abs(ActualRate - TargetRate) <= TargetRate * 0.01;
}
