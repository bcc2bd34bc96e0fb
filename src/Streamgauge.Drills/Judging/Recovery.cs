namespace Streamgauge.Drills;

/// <summary>How long it took after a fault until everything that was sent before it ended was counted.</summary>
/// <param name="Time">Null when it took longer than the bound.</param>
public sealed record Recovery(string Fault, TimeSpan? Time);
