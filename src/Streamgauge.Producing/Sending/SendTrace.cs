using System.Diagnostics;
using Streamgauge.Resp;
using Streamgauge.Streams;

namespace Streamgauge.Producing;

/// <summary>Spans of sends: <c>send</c> from sealing to acknowledgement, below it an <c>append</c> for each time it goes to Redis. Free while nobody listens.</summary>
/// <remarks>Source: OpenTelemetry semantic conventions for messaging systems and for Redis, version 1.30.</remarks>
internal static class SendTrace
{
    private static readonly ActivitySource Source = new("Streamgauge.Producing");

    /// <summary>Begins the span of a send that has its number.</summary>
    public static void Begin(SequencedAppend append, string stream)
    {
        if (DetachedSpan.Start(Source, "send events", ActivityKind.Producer) is not { } span) return;
        span.SetTag("messaging.system", "redis")
            .SetTag("messaging.operation.type", "send")
            .SetTag("messaging.operation.name", "send")
            .SetTag("messaging.destination.name", stream)
            .SetTag("messaging.client.id", append.Producer)
            .SetTag("messaging.batch.message_count", append.Count)
            .SetTag("messaging.message.conversation_id", $"{append.Producer}:{append.Sequence}");
        append.Trace = span;
    }

    /// <summary>Begins the span of one way to Redis and back; null when the send is not traced.</summary>
    public static Activity? BeginAppend(SequencedAppend append) => append.Trace is not { } send
        ? null
        : DetachedSpan.Start(Source, "append events", ActivityKind.Client, send.Context)?
            .SetTag("db.system.name", "redis")
            .SetTag("db.operation.name", "FCALL")
            .SetTag("db.stored_procedure.name", "sg_append_v1");

    /// <summary>Ends a way to Redis that brought no answer, a refusal, or too few replicas.</summary>
    public static void Fail(Activity? span, Task append) =>
        span.End(append.IsCompletedSuccessfully ? "unconfirmed" : append.Exception?.InnerException is RedisReplyException refused ? refused.Code : "no_answer");

    /// <summary>Ends the span of a send that Redis has.</summary>
    public static void End(SequencedAppend append)
    {
        if (append.Trace is not { } span) return;
        if (append.Outcome != AppendOutcome.Duplicate) span.SetTag("messaging.message.id", append.EntryId.ToString());
        span.SetTag("streamgauge.outcome", SenderMetrics.NameOf(append.Outcome)).End();
        append.Trace = null;
    }

    /// <summary>Ends the span of a send that goes on from the spool; what follows belongs to its trace all the same.</summary>
    public static void Spooled(SequencedAppend append)
    {
        append.Trace?.SetTag("streamgauge.outcome", "spooled").End();
        append.Trace = null;
    }
}
