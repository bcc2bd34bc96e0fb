namespace Streamgauge.Serving;

/// <summary>Asks all contributors, at most once a second, so that probes cost nothing.</summary>
internal sealed class HealthReporter(IEnumerable<IHealthContributor> contributors, SnapshotSource source, TimeProvider time)
{
    private static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(1);
    private readonly IHealthContributor[] _contributors = [.. contributors];
    private readonly Lock _gate = new();
    private HealthAnswer? _last;
    private long _lastAt;

    /// <summary>The state of everything, at most a second old.</summary>
    public HealthAnswer Check()
    {
        lock (_gate)
        {
            if (_last is not null && time.GetElapsedTime(_lastAt) < KeptFor) return _last;
            _lastAt = time.GetTimestamp();
            return _last = CheckNow();
        }
    }

    private HealthAnswer CheckNow()
    {
        var reports = _contributors.Select(contributor => (contributor.Name, Report: Ask(contributor))).ToList();
        var worst = reports.Count == 0 ? HealthStatus.Healthy : reports.Max(report => report.Report.Status);
        var snapshot = source.Current;
        return new HealthAnswer(
            WireName(worst), time.GetUtcNow(), snapshot?.Counters.Group.Now, snapshot?.Counters.Group.CompleteThrough,
            snapshot is null ? null : Answers.Seconds(snapshot.Counters.Group.Lag), snapshot is null ? null : source.DegradedFor(snapshot) is not null,
            [.. reports.Select(report => new HealthCheckItem(report.Name, WireName(report.Report.Status), report.Report.Detail))]);
    }

    private static HealthReport Ask(IHealthContributor contributor)
    {
        try
        {
            return contributor.Check();
        }
        catch (Exception e)
        {
            return new HealthReport(HealthStatus.Unhealthy, $"the check itself failed: {e.GetType().Name}");
        }
    }

    private static string WireName(HealthStatus status) => status switch
    {
        HealthStatus.Healthy => "healthy",
        HealthStatus.Degraded => "degraded",
        _ => "unhealthy",
    };
}
