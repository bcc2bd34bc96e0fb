using Streamgauge.Events;

namespace Streamgauge.Views;

/// <summary>What a batch adds to all views: the content of one commit.</summary>
public sealed class DeltaSet(IReadOnlyList<ViewDefinition> views)
{
    private readonly ViewDeltas[] _views = [.. views.Select(view => new ViewDeltas(view))];

    /// <summary>Text fields the views need; what an <see cref="EventBatch"/> for them must keep.</summary>
    public IReadOnlyList<string> Fields { get; } =
        [.. views.SelectMany(view => view.GroupBy).Distinct(StringComparer.Ordinal)];

    public ReadOnlySpan<ViewDeltas> Views => _views;

    /// <summary>Events left out of a view because they were late, over all views.</summary>
    public int LateCount { get; private set; }

    /// <summary>Counters the last <see cref="Fold"/> touches, over all views and buckets: what a commit costs Redis.</summary>
    public int RowCount { get; private set; }

    /// <summary>Newest event time in the batch, Unix milliseconds; 0 for an empty batch.</summary>
    public long NewestEventMs { get; private set; }

    /// <inheritdoc cref="ViewDeltas.Fold"/>
    public void Fold(EventBatch batch, long nowMs)
    {
        LateCount = 0;
        RowCount = 0;
        foreach (var view in _views)
        {
            view.Fold(batch, nowMs);
            LateCount += view.LateCount;
            for (var i = 0; i < view.BucketCount; i++) RowCount += view.Bucket(i).GroupCount;
        }

        NewestEventMs = 0;
        foreach (var timestampMs in batch.TimestampsMs) NewestEventMs = Math.Max(NewestEventMs, timestampMs);
    }
}
