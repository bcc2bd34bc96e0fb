using System.Globalization;

namespace Streamgauge.Drills;

/// <summary>One fault of a schedule.</summary>
/// <param name="At">Since the start.</param>
/// <param name="Kind">Name of the kind.</param>
/// <param name="Length">How long it lasts; zero for what is done in a moment.</param>
/// <param name="Place">From 0 to below 1: which of those it can hit, or how far it goes.</param>
public sealed record TimedFault(TimeSpan At, string Kind, TimeSpan Length, double Place)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{At.TotalSeconds,6:0.0} s  {Kind}{(Length > TimeSpan.Zero ? $" for {Length.TotalSeconds:0.0} s" : "")}");
}
