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

    /// <summary>All points, oldest first.</summary>
    public IReadOnlyList<PipelinePoint> All
    {
        get
        {
            lock (_gate) return [.. _points];
        }
    }

    /// <summary>The points behind one that is kept; null when it is not, and points between may be gone.</summary>
    public IReadOnlyList<PipelinePoint>? After(DateTimeOffset point)
    {
        lock (_gate) return _points.Any(kept => kept.T == point) ? [.. _points.Where(kept => kept.T > point)] : null;
    }
}
