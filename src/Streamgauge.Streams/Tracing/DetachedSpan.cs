using System.Diagnostics;

namespace Streamgauge.Streams;

/// <summary>Spans of work that overlaps: they do not become <see cref="Activity.Current"/>, or whatever comes next in a loop would be taken for a part of them.</summary>
public static class DetachedSpan
{
    /// <summary>Starts a span; null when nobody listens or it is not sampled.</summary>
    /// <param name="parent">Default: the span of the caller, if there is one.</param>
    public static Activity? Start(ActivitySource source, string name, ActivityKind kind, ActivityContext parent = default, IEnumerable<ActivityLink>? links = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (!source.HasListeners()) return null;
        var current = Activity.Current;
        var span = source.StartActivity(kind, parent, tags: null, links, startTime: default, name);
        Activity.Current = current;
        return span is { Recorded: true } ? span : null;
    }

    /// <summary>Ends a span, as failed if <paramref name="failure"/> is given.</summary>
    public static void End(this Activity? span, string? failure = null)
    {
        if (span is null) return;
        var current = Activity.Current;
        if (failure is not null) span.SetStatus(ActivityStatusCode.Error).SetTag("error.type", failure);
        span.Stop();
        Activity.Current = current;
    }

    /// <summary>Makes a span the current one until disposed, so that log lines carry its ids.</summary>
    public static SpanScope Enter(this Activity? span) => new(span);
}

/// <summary>See <see cref="DetachedSpan.Enter"/>.</summary>
public readonly struct SpanScope : IDisposable
{
    private readonly Activity? _before;
    private readonly bool _isEntered;

    internal SpanScope(Activity? span)
    {
        if (span is null) return;
        _before = Activity.Current;
        _isEntered = true;
        Activity.Current = span;
    }

    public void Dispose()
    {
        if (_isEntered) Activity.Current = _before;
    }
}
