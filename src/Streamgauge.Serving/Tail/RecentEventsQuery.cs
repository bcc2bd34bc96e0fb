using Microsoft.AspNetCore.Http;
using Streamgauge.Streams;
using Streamgauge.Views;

namespace Streamgauge.Serving;

/// <summary>The parameters of <c>GET /v1/events/recent</c>.</summary>
internal readonly record struct RecentEventsQuery(int Limit, EventFilter? Where)
{
    public const int LimitDefault = 100;

    public static bool TryRead(IQueryCollection query, out RecentEventsQuery result, out Problem? problem)
    {
        var reader = new QueryReader(query, "limit", "where");
        result = new RecentEventsQuery(reader.Number("limit", LimitDefault, 1, TailLimits.EventsMax), reader.Filter("where"));
        problem = reader.Problem;
        return problem is null;
    }
}
