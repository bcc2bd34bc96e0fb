namespace Streamgauge.Drills;

/// <summary>The drill cannot be carried out, so it says nothing about the promise; the message says why and what to do.</summary>
public sealed class DrillException(string message) : Exception(message);
