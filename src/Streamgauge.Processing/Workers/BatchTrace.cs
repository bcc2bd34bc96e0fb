using System.Diagnostics;
using Streamgauge.Resp;
using Streamgauge.Streams;

namespace Streamgauge.Processing;

/// <summary>Spans of a batch: <c>process</c> from read to commit, below it the <c>commit</c>. Free while nobody listens, or no entry of the batch is traced.</summary>
/// <remarks>
/// Whether to trace was decided by whoever sent: a batch follows the trace of its first traced entry and links to the others.
/// Source: OpenTelemetry semantic conventions for messaging systems and for Redis, version 1.30.
/// </remarks>
internal sealed class BatchTrace
{
    private const int LinksMax = 32; // a batch may hold a thousand sends; a trace with as many links nobody could read
    private static readonly ActivitySource Source = new("Streamgauge.Processing");

    private readonly Activity _process;
    private Activity? _commit;

    private BatchTrace(Activity process) => _process = process;

    /// <summary>Whether somebody listens.</summary>
    public static bool IsOn => Source.HasListeners();

    /// <summary>The span of the whole batch.</summary>
    public Activity Span => _process;

    /// <summary>Begins the span of a batch just read; null when it is not traced.</summary>
    public static BatchTrace? Begin(EntryBatch batch, string stream, string group, string consumer)
    {
        if (batch.Origins.Count == 0 || !IsOn) return null;
        List<ActivityLink>? links = null;
        foreach (var origin in batch.Origins)
        {
            if (origin.Trace == default) continue;
            links ??= [];
            if (links.Count < LinksMax) links.Add(new ActivityLink(origin.Trace));
        }

        if (links is null || DetachedSpan.Start(Source, "process events", ActivityKind.Consumer, links[0].Context, links) is not { } span) return null;
        span.SetTag("messaging.system", "redis")
            .SetTag("messaging.operation.type", "process")
            .SetTag("messaging.operation.name", "process")
            .SetTag("messaging.destination.name", stream)
            .SetTag("messaging.consumer.group.name", group)
            .SetTag("messaging.client.id", consumer)
            .SetTag("messaging.batch.message_count", batch.Events.Count)
            .SetTag("streamgauge.entries", batch.Count);
        return new BatchTrace(span);
    }

    /// <summary>Begins the span of the commit.</summary>
    public void BeginCommit() => _commit = DetachedSpan.Start(Source, "commit events", ActivityKind.Client, _process.Context)?
        .SetTag("db.system.name", "redis")
        .SetTag("db.operation.name", "FCALL")
        .SetTag("db.stored_procedure.name", "sg_commit_v1");

    /// <summary>Ends both, as failed if <paramref name="failure"/> is given.</summary>
    public void End(Exception? failure = null)
    {
        var type = failure is null ? null : failure is RedisReplyException refused ? refused.Code : WorkerFaults.OutcomeOf(failure);
        _commit.End(type);
        _process.End(type);
    }
}
