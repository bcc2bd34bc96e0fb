using Streamgauge.Views;

namespace Streamgauge.Serving;

/// <summary>The points a client does not have as they are now.</summary>
internal static class ChangedPoints
{
    /// <param name="before">The last answer it got; null when all that is known is its position.</param>
    public static int[] Of(ViewAnswer answer, ViewAnswer? before, LivePosition position)
    {
        var points = new List<int>();
        for (var point = 0; point < answer.Buckets.Count; point++)
        {
            var bucket = answer.Buckets[point];
            var isChanged = bucket.Revision > position.Revision;
            var isFinalNow = bucket.IsFinal && bucket.EndMs > position.CompleteThroughMs;

            // A range that slid has points the client never heard of, even when nothing is in them.
            var isNew = before is null ? !bucket.IsFinal : bucket.EndMs > before.Plan.Period.ToMs || bucket.StartMs < before.Plan.Period.FirstMs;
            if (isChanged || isFinalNow || isNew) points.Add(point);
        }

        return [.. points];
    }
}
