using Microsoft.Extensions.Logging;

namespace Streamgauge.Streams;

/// <summary>The conditions one worker, sender or reader is in: said in the log when they begin and when they are over, not in between. Thread-safe.</summary>
/// <remarks>At most one of them makes it stand still; others may hold beside that, or while it works.</remarks>
public sealed partial class ConditionWatch : IDisposable
{
    private readonly string _who;
    private readonly ConditionMetrics _metrics;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly List<Holding> _standing = [];
    private Holding? _blocking;
    private long _stoodStillAt;

    /// <param name="who">Name in the log: the consumer, the producer.</param>
    public ConditionWatch(string who, ConditionMetrics metrics, ILogger logger, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        _who = who;
        _metrics = metrics;
        _logger = logger;
        _time = time;
        metrics.Add(this);
    }

    /// <summary>Why it stands still; null while it works.</summary>
    public ActiveCondition? Blocking
    {
        get
        {
            lock (_gate) return _blocking?.Active;
        }
    }

    /// <summary>What holds while it works.</summary>
    public IReadOnlyList<ActiveCondition> Standing
    {
        get
        {
            lock (_gate) return [.. _standing.Select(holding => holding.Active)];
        }
    }

    /// <summary>It stands still because of <paramref name="cause"/>. Every failed attempt may say so; the first of each condition is logged.</summary>
    public Condition StandsStill(Exception cause)
    {
        var condition = Conditions.Of(cause);
        lock (_gate)
        {
            if (_blocking?.Active.Condition == condition) return condition;
            if (_blocking is null) _stoodStillAt = _time.GetTimestamp();
            _blocking = Begin(condition);
        }

        _metrics.Met(condition);
        Log.StandsStill(_logger, condition.Level, _who, condition.Name, condition.Meaning, cause.Message, condition.Remedy, condition == Conditions.Failed || condition == Conditions.Protocol ? cause : null);
        return condition;
    }

    /// <summary>It works, or works again.</summary>
    public void Works()
    {
        Holding? over;
        lock (_gate)
        {
            over = _blocking;
            _blocking = null;
        }

        if (over is not null) Log.GoesOn(_logger, _who, over.Active.Condition.Name, _time.GetElapsedTime(_stoodStillAt).TotalSeconds);
    }

    /// <summary>Whether a condition that leaves it working holds.</summary>
    /// <param name="detail">The facts of this case, for the log.</param>
    public void Holds(Condition condition, bool holds, string detail)
    {
        Holding? known;
        lock (_gate)
        {
            known = _standing.Find(holding => holding.Active.Condition == condition);
            if (known is not null == holds) return;
            if (known is null) _standing.Add(Begin(condition));
            else _standing.Remove(known);
        }

        if (known is null) Happened(condition, detail);
        else Log.Over(_logger, _who, condition.Name, _time.GetElapsedTime(known.At).TotalSeconds);
    }

    /// <summary>Something happened that is over already.</summary>
    /// <inheritdoc cref="Holds" path="/param"/>
    public void Happened(Condition condition, string detail)
    {
        ArgumentNullException.ThrowIfNull(condition);
        _metrics.Met(condition);
        Log.Happened(_logger, condition.Level, _who, condition.Name, condition.Meaning, detail, condition.Remedy);
    }

    /// <summary>Its conditions are no longer shown.</summary>
    public void Dispose() => _metrics.Remove(this);

    internal IReadOnlyList<(Condition Condition, double AgeSeconds)> ReadAges()
    {
        lock (_gate)
        {
            IEnumerable<Holding> holding = _blocking is null ? _standing : [.. _standing, _blocking];
            return [.. holding.Select(one => (one.Active.Condition, _time.GetElapsedTime(one.At).TotalSeconds))];
        }
    }

    private Holding Begin(Condition condition) => new(new ActiveCondition(condition, _time.GetUtcNow()), _time.GetTimestamp());

    // Durations are by the clock that nobody sets.
    private sealed record Holding(ActiveCondition Active, long At);

    private static partial class Log
    {
        [LoggerMessage(EventId = 2301, Message = "{Who} stands still ({Condition}): {Meaning}: {Reason} {Remedy}")]
        public static partial void StandsStill(ILogger logger, LogLevel level, string who, string condition, string meaning, string reason, string remedy, Exception? exception);

        [LoggerMessage(2302, LogLevel.Information, "{Who} goes on ({Condition} is over) after {Seconds:0.0} s")]
        public static partial void GoesOn(ILogger logger, string who, string condition, double seconds);

        [LoggerMessage(EventId = 2303, Message = "{Who} ({Condition}): {Meaning}: {Detail}. {Remedy}")]
        public static partial void Happened(ILogger logger, LogLevel level, string who, string condition, string meaning, string detail, string remedy);

        [LoggerMessage(2304, LogLevel.Information, "{Who}: {Condition} is over after {Seconds:0.0} s")]
        public static partial void Over(ILogger logger, string who, string condition, double seconds);
    }
}
