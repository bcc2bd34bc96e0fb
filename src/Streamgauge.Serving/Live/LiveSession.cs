using Microsoft.AspNetCore.Http;
using Streamgauge.Views;

namespace Streamgauge.Serving;

/// <summary>What one client gets: a snapshot, then what changed, as often as it can take it and never more often than allowed.</summary>
/// <remarks>Nothing is queued: an event is made when the last one was taken, from how things stand then. So a slow client misses steps, never the result.</remarks>
internal sealed class LiveSession(LiveQuery query, LiveOutput output, ViewStore store, ViewAnswers answers, LiveMetrics metrics, ServingOptions options, TimeProvider time)
{
    private static readonly TimeSpan WakeAtLeast = TimeSpan.FromSeconds(1); // to see that Redis is away, when no refresh wakes us
    private static readonly TimeSpan LagTold = TimeSpan.FromSeconds(1); // a lag that moved by this is news by itself

    private LivePosition? _sent;
    private ViewAnswer? _answer;
    private FreshnessFacts _facts;

    /// <summary>Sends until the client or the process ends, or the view can no longer be answered from; then says why.</summary>
    /// <param name="resumed">Where the client was, by its own word.</param>
    public async Task<Problem?> RunAsync(LivePosition? resumed, CancellationToken cancellationToken)
    {
        _sent = resumed;
        var isSlow = false;
        while (true)
        {
            var beganAt = time.GetTimestamp();
            var next = store.NextRefresh; // before the state is looked at, so that no refresh is missed
            if (!answers.TryFind(query.View, out var state, out var view, out var problem)) return problem;
            if (!query.TryPlan(view!, state!, out var plan, out problem)) return problem;
            if (await NextAsync(state!, view!, plan!, isSlow) is { } bytes)
            {
                isSlow = !await output.SendAsync(bytes, cancellationToken);
            }
            else if (time.GetElapsedTime(output.TakenAt) >= options.StreamHeartbeat)
            {
                await output.SendAsync(LiveEvent.Heartbeat, cancellationToken);
            }

            await PauseAsync(beganAt, next, cancellationToken);
        }
    }

    private async Task<ReadOnlyMemory<byte>?> NextAsync(ViewsState state, ServedView view, QueryPlan plan, bool isSlow)
    {
        var facts = answers.FactsOf(state, view);
        if (!isSlow && _answer is not null && IsNothingNew(state, view, plan, facts)) return null;
        var (answer, problem) = await answers.AnswerSharedAsync(state, query.Text, view, plan, facts.Freshness);
        if (answer is null) return problem!.Status == StatusCodes.Status400BadRequest ? throw new LiveRefusal(problem) : null; // busy or away: with the next refresh

        var position = LivePosition.Of(state);
        var reason = isSlow ? ForcedBy.Slow : ReasonForSnapshot(state, answer);
        var points = reason is null && _sent is { } sent ? ChangedPoints.Of(answer, _answer, sent) : null;
        if (reason is not null && _answer is not null) metrics.Forced(reason);
        metrics.Sent(points is null ? LiveEvent.Snapshot : LiveEvent.Delta);
        (_sent, _answer, _facts) = (position, answer, facts);
        return await LiveEvent.OfAsync(answer, facts, position, points);
    }

    // Cheap, because it is asked after every commit: revisions of buckets and ends of points, nothing is added up.
    private bool IsNothingNew(ViewsState state, ServedView view, QueryPlan plan, FreshnessFacts facts)
    {
        var (before, period) = (_answer!.Plan.Period, plan.Period);
        var through = _sent!.Value.CompleteThroughMs;
        return _sent.Value.LeadsTo(state)
            && before.FromMs == period.FromMs && before.ToMs == period.ToMs
            && ViewAnswers.RevisionOf(view, plan) <= _sent.Value.Revision
            && !Enumerable.Range(0, period.Points).Any(point => period.EndMs(point) > through && period.EndMs(point) <= facts.Freshness.CompleteThroughMs)
            && (facts.DegradedFor is null) == (_facts.DegradedFor is null)
            && Math.Abs(facts.Freshness.LagSeconds - _facts.Freshness.LagSeconds) < LagTold.TotalSeconds;
    }

    private string? ReasonForSnapshot(ViewsState state, ViewAnswer answer)
    {
        if (_sent is not { } sent || !sent.LeadsTo(state)) return ForcedBy.View;

        // With a limit of groups, one that came in has points the client never got; without, it had nothing in them.
        if (query.Query.Top is null) return null;
        return _answer is null || !SameGroups(_answer, answer) ? ForcedBy.Groups : null;
    }

    private static bool SameGroups(ViewAnswer one, ViewAnswer other)
    {
        var groups = one.Series.Select(Key).ToHashSet(StringComparer.Ordinal);
        return groups.Count == other.Series.Count && other.Series.All(series => groups.Contains(Key(series)));

        static string Key(SeriesAnswer series) => string.Join(GroupKey.Separator, series.Group.Select(value => value ?? "")) + (series.IsRest ? "\0" : "");
    }

    private async Task PauseAsync(long beganAt, Task next, CancellationToken cancellationToken)
    {
        var wake = options.StreamHeartbeat < WakeAtLeast ? options.StreamHeartbeat : WakeAtLeast;
        await next.WaitAsync(wake, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        var left = options.StreamInterval - time.GetElapsedTime(beganAt);
        if (left > TimeSpan.Zero) await Task.Delay(left, time, cancellationToken);
    }
}
