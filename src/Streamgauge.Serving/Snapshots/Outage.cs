namespace Streamgauge.Serving;

/// <summary>Redis is away.</summary>
/// <param name="Since">When the first refresh failed.</param>
/// <param name="Reason">A few words without addresses, fit for an answer: <c>Redis cannot be reached</c>. The log has the rest.</param>
internal sealed record Outage(DateTimeOffset Since, string Reason);
