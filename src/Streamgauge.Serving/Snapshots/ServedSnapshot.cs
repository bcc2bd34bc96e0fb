using Streamgauge.Streams;

namespace Streamgauge.Serving;

/// <summary>What is served until the next refresh, immutable. The two common answers are serialised once, when first asked for.</summary>
internal sealed class ServedSnapshot
{
    private readonly Lazy<AnswerBody> _aggregates;
    private readonly Lazy<AnswerBody> _summary;

    /// <param name="readAt">Our clock's timestamp of the read, for the age.</param>
    public ServedSnapshot(AggregatesSnapshot counters, SessionsPage sessions, decimal? eventsPerSecond, long readAt)
    {
        Counters = counters;
        Sessions = sessions;
        EventsPerSecond = eventsPerSecond;
        ReadAt = readAt;
        _aggregates = new Lazy<AnswerBody>(() => AnswerBody.Of(Answers.Aggregates(this, degradedFor: null, AggregatesQuery.TopDefault, Sessions)));
        _summary = new Lazy<AnswerBody>(() => AnswerBody.Of(Answers.Summary(this, degradedFor: null)));
    }

    public AggregatesSnapshot Counters { get; }

    /// <summary>The first page of sessions, read right after the counters.</summary>
    public SessionsPage Sessions { get; }

    public decimal? EventsPerSecond { get; }

    public long ReadAt { get; }

    /// <summary><c>GET /aggregates</c> without parameters, not degraded.</summary>
    public AnswerBody AggregatesBody => _aggregates.Value;

    /// <summary><c>GET /aggregates/summary</c>, not degraded.</summary>
    public AnswerBody SummaryBody => _summary.Value;
}
