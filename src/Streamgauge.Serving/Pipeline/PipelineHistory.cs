namespace Streamgauge.Serving;

/// <summary>The last points, one a second. Thread-safe.</summary>
internal sealed class PipelineHistory
{
    /// <summary>Points kept: 15 minutes.</summary>
    public const int PointsMax = 900;

    private readonly Lock _gate = new();
    private readonly Queue<PipelinePoint> _points = new(PointsMax + 1);

    public void Add(PipelinePoint point)
    {
        lock (_gate)
        {
            _points.Enqueue(point);
            if (_points.Count > PointsMax) _points.Dequeue();
        }
    }

    /// <summary>All points up to one, oldest first.</summary>
    public IReadOnlyList<PipelinePoint> UpTo(DateTimeOffset last)
    {
        lock (_gate) return [.. _points.Where(kept => kept.T <= last)];
    }

    /// <summary>The points behind one that is kept, up to another; null when it is not kept, and points between may be gone.</summary>
    public IReadOnlyList<PipelinePoint>? Between(DateTimeOffset point, DateTimeOffset last)
    {
        lock (_gate) return _points.Any(kept => kept.T == point) ? [.. _points.Where(kept => kept.T > point && kept.T <= last)] : null;
    }
}
