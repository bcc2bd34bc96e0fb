using Microsoft.AspNetCore.Http;
using Streamgauge.Streams;

namespace Streamgauge.Serving;

/// <summary>The parameters of <c>GET /aggregates</c>.</summary>
internal readonly record struct AggregatesQuery(int Top, int Sessions, SessionCursor? After)
{
    public const int TopDefault = 100;
    public const int TopMax = 1_000;
    public const int SessionsDefault = 20;
    public const int SessionsMax = 1_000;

    /// <summary>Whether the snapshot's own page of sessions is the answer.</summary>
    public bool IsDefaultPage => Sessions == SessionsDefault && After is null;

    public static bool TryRead(IQueryCollection query, out AggregatesQuery result, out Problem? problem)
    {
        var reader = new QueryReader(query, "top", "sessions", "after");
        result = new AggregatesQuery(
            reader.Number("top", TopDefault, 1, TopMax),
            reader.Number("sessions", SessionsDefault, 0, SessionsMax),
            reader.Parsed<SessionCursor>("after", SessionCursor.TryParse, "the 'next' of an earlier answer, unchanged"));
        problem = reader.Problem;
        return problem is null;
    }
}
