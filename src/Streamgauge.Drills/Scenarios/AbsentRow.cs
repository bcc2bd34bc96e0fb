namespace Streamgauge.Drills;

/// <summary>A row of the fault matrix that this program cannot drill.</summary>
public sealed record AbsentRow(string Id, string Title, string Reason);
