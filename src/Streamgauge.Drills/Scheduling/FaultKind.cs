namespace Streamgauge.Drills;

/// <summary>What is known of a kind of fault before it happens.</summary>
/// <param name="Name">As in <c>--faults</c>.</param>
/// <param name="PerFiveMinutes">How often it happens in five minutes; in proportion in any other time, at least once.</param>
/// <param name="LengthMin">It lasts from here …</param>
/// <param name="LengthMax">… to here.</param>
/// <param name="NeedsOwnServer">Whether it touches Redis itself, which is never done to a user's.</param>
internal sealed record FaultKind(string Name, int PerFiveMinutes, TimeSpan LengthMin, TimeSpan LengthMax, bool NeedsOwnServer = false);
