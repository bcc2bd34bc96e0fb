using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using Streamgauge.Views;

namespace Streamgauge.Serving;

/// <summary>Reads the parameters of <c>GET /v1/views/{view}</c> and <c>GET /v1/stream/{view}</c>. What they mean for a view, the plan decides.</summary>
internal static class ViewQueryReader
{
    /// <summary>Parameters of a stream.</summary>
    public static readonly string[] StreamParameters = ["from", "to", "step", "window", "tz", "group", "where", "top", "order", "measures"];

    /// <summary>Parameters of an answer.</summary>
    public static readonly string[] AnswerParameters = [.. StreamParameters, "compare", "format"];

    private const int TopMax = 1_000_000; // the plan knows the real bound
    private const string AllTime = "all";

    /// <param name="nowMs">What <c>now</c> is: Redis's clock at the moment the answer belongs to.</param>
    public static bool TryRead(IQueryCollection query, string[] allowed, long nowMs, out ViewQuery result, out Problem? problem)
    {
        var reader = new QueryReader(query, allowed);
        var isAllTime = reader.Has("step") && query["step"] is [AllTime];
        result = new ViewQuery
        {
            FromMs = reader.Moment("from", nowMs),
            ToMs = reader.Moment("to", nowMs),
            Step = isAllTime ? null : reader.Length("step"),
            AllTime = isAllTime,
            Window = reader.Length("window"),
            TimeZone = reader.Has("tz") ? Zone(reader) : null,
            GroupBy = reader.List("group"),
            Where = reader.Filter("where"),
            Top = reader.Has("top") ? reader.Number("top", 1, 1, TopMax) : null,
            Order = reader.Text("order") is { } order ? OrderOf(reader, order) : null,
            Measures = reader.List("measures"),
            Compare = reader.Word("compare", "previous") is not null,
        };
        problem = reader.Problem;
        return problem is null;
    }

    /// <summary>The form of the answer: as asked for, else the first of <c>Accept</c> that we have, else JSON.</summary>
    public static AnswerFormat FormatOf(HttpRequest request, out Problem? problem)
    {
        problem = null;
        if (request.Query.ContainsKey("format"))
        {
            var reader = new QueryReader(request.Query, AnswerParameters);
            var word = reader.Word("format", "json", "csv", "ndjson");
            problem = reader.Problem;
            return word switch { "csv" => AnswerFormat.Csv, "ndjson" => AnswerFormat.NdJson, _ => AnswerFormat.Json };
        }

        return FormatOf(request.Headers.Accept);
    }

    private static AnswerFormat FormatOf(StringValues accept)
    {
        if (accept.Count == 0 || !MediaTypeHeaderValue.TryParseList(accept!, out var types)) return AnswerFormat.Json;
        foreach (var type in types.Where(type => type.Quality is not 0).OrderByDescending(type => type.Quality ?? 1))
        {
            if (type.MediaType == "text/csv") return AnswerFormat.Csv;
            if (type.MediaType == "application/x-ndjson") return AnswerFormat.NdJson;
            if (type.MediaType == "application/json" || type.MatchesAllTypes) return AnswerFormat.Json;
        }

        return AnswerFormat.Json;
    }

    private static TimeZoneInfo? Zone(QueryReader reader)
    {
        if (reader.Text("tz") is not { } text) return null;
        if (QueryTimeZone.TryParse(text, out var zone)) return zone;
        reader.Refuse("tz", "a time zone like UTC, Europe/Berlin or +05:30 (with + sent as %2B)");
        return null;
    }

    private static QueryOrder? OrderOf(QueryReader reader, string text)
    {
        var colon = text.LastIndexOf(':');
        var direction = colon < 0 ? "desc" : text[(colon + 1)..];
        if (direction is "asc" or "desc") return new QueryOrder(colon < 0 ? text : text[..colon], Descending: direction == "desc");
        reader.Refuse("order", "a measure like count or sum(value), with :asc or :desc behind it or nothing");
        return null;
    }
}

/// <summary>The form of an answer.</summary>
internal enum AnswerFormat
{
    Json,
    Csv,
    NdJson,
}
