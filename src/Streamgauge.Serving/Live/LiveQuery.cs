using Microsoft.AspNetCore.Http;
using Streamgauge.Views;

namespace Streamgauge.Serving;

/// <summary>What a client follows. Read anew against the clock for every event, so that a relative range slides.</summary>
internal sealed class LiveQuery(string view, HttpRequest request)
{
    public string View { get; } = view;

    /// <summary>Equal texts are equal questions.</summary>
    public string Text { get; } = view + request.QueryString.Value;

    /// <summary>As of the last plan.</summary>
    public ViewQuery Query { get; private set; } = new();

    public bool TryPlan(ServedView view, ViewsState state, out QueryPlan? plan, out Problem? problem)
    {
        plan = null;
        var nowMs = state.Group.Now.ToUnixTimeMilliseconds();
        if (!ViewQueryReader.TryRead(request.Query, ViewQueryReader.StreamParameters, nowMs, out var read, out problem)) return false;
        Query = read;
        return ViewAnswers.TryPlan(view, read, nowMs, out plan, out problem);
    }
}

/// <summary>A query that turned out to be unanswerable while its client was followed.</summary>
internal sealed class LiveRefusal(Problem problem) : Exception(problem.Detail)
{
    public Problem Problem { get; } = problem;
}
