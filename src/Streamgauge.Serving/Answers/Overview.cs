namespace Streamgauge.Serving;

/// <summary>The totals.</summary>
/// <param name="DeadLettered">Entries and single events moved to the dead-letter stream.</param>
/// <param name="Residue">Increments that could not be applied; above 0 some sum is not exact.</param>
/// <param name="Pending">Entries delivered to a processor and not counted yet.</param>
internal sealed record Overview(
    long TotalCount, decimal TotalValue, DateTimeOffset? LastUpdated, int EventTypes, int Products, long Sessions,
    long DeadLettered, long Late, long Clamped, long Lost, long Residue, long Pending);
