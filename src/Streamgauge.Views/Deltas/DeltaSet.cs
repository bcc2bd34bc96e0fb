using Streamgauge.Events;

namespace Streamgauge.Views;

/// <summary>What a batch adds to all views: the content of one commit.</summary>
public sealed class DeltaSet(IReadOnlyList<ViewDefinition> views)
{
    private readonly ViewDeltas[] _views = [.. views.Where(view => view.Sessions is null).Select(view => new ViewDeltas(view))];
    private readonly SessionDeltas[] _sessions = [.. views.Where(view => view.Sessions is not null).Select(view => new SessionDeltas(view))];
    private readonly FieldReadings _readings = new();

    /// <summary>Text fields the views need; what an <see cref="EventBatch"/> for them must keep.</summary>
    public IReadOnlyList<string> Fields { get; } = [.. views.SelectMany(FieldsOf).Distinct(StringComparer.Ordinal)];

    /// <summary>Views of groups in buckets, in the order given.</summary>
    public ReadOnlySpan<ViewDeltas> Views => _views;

    /// <summary>Views of sessions, in the order given.</summary>
    public ReadOnlySpan<SessionDeltas> Sessions => _sessions;

    /// <summary>Events that came too late for the finest tier of a view, or for a view of sessions, over all views.</summary>
    public int LateCount { get; private set; }

    /// <summary>Stored values the last <see cref="Fold"/> touches, over all views and buckets: what a commit costs Redis.</summary>
    public int CellCount { get; private set; }

    /// <summary>Newest event time in the batch, Unix milliseconds; 0 for an empty batch.</summary>
    public long NewestEventMs { get; private set; }

    /// <summary>Adds up a batch. The result refers to the batch's symbols and lives as long as they do.</summary>
    public void Fold(EventBatch batch)
    {
        LateCount = 0;
        CellCount = 0;
        _readings.Restart();
        foreach (var view in _views)
        {
            view.Fold(batch, _readings);
            LateCount += view.LateCount;
            CellCount += view.CellCount;
        }

        foreach (var view in _sessions)
        {
            view.Fold(batch);
            LateCount += view.LateCount;
            CellCount += view.CellCount;
        }

        NewestEventMs = 0;
        foreach (var timestampMs in batch.TimestampsMs) NewestEventMs = Math.Max(NewestEventMs, timestampMs);
    }

    // value and ts are numeric columns of every batch.
    private static IEnumerable<string> FieldsOf(ViewDefinition view) =>
        view.GroupBy.Concat(view.Filter?.Fields ?? []).Append(view.Sessions?.By ?? "").Concat(view.Columns.Select(column => column.Field)).Where(field => field is not ("" or "value" or "ts"));
}
