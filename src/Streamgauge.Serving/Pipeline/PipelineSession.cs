namespace Streamgauge.Serving;

/// <summary>What one client of the pipeline's stream gets: all there is of the last minutes, then each second.</summary>
/// <remarks>Nothing is queued for it: a slow client gets several points in one event.</remarks>
internal sealed class PipelineSession(PipelineSource source, LiveOutput output, LiveMetrics metrics)
{
    /// <summary>Sends until the client or the process ends.</summary>
    /// <param name="lastEventId">Where the client was, by its own word.</param>
    public async Task<Problem?> RunAsync(string? lastEventId, CancellationToken cancellationToken)
    {
        DateTimeOffset? sent = PipelinePosition.TryParse(lastEventId, out var position) && position.Incarnation == source.Incarnation ? position.Point : null;
        while (true)
        {
            var next = source.NextLook; // before the answer is looked at, so that none is missed
            var answer = source.Current!;
            if (answer.Now.T != sent)
            {
                var last = answer.Now.T; // the history may be one point ahead of the answer
                var missed = sent is { } point ? source.History.Between(point, last) : null;
                var kind = missed is null ? LiveEvent.Snapshot : LiveEvent.Delta;
                metrics.Sent(kind);
                await output.SendAsync(LiveEvent.Of(kind, new PipelinePosition(source.Incarnation, last), answer with { History = missed ?? source.History.UpTo(last) }), cancellationToken);
                sent = last;
            }

            await next.WaitAsync(cancellationToken);
        }
    }
}
