using System.Text.Json;

namespace Streamgauge.Tests.System;

/// <summary>What the API told, whatever the format.</summary>
internal sealed record ToldAnswer(IReadOnlyList<ToldPoint> Points, IReadOnlyList<ToldSeries> Series)
{
    /// <summary>The whole answer, in JSON alone.</summary>
    public JsonElement? Json { get; init; }

    public decimal?[]? Totals { get; init; }

    public decimal?[]? PreviousTotals { get; init; }

    public static ToldAnswer Parse(OracleQuery query, string body) => query.Format switch
    {
        "csv" => OfRows(query, ToldRows.OfCsv(query, body)),
        "ndjson" => OfRows(query, ToldRows.OfNdJson(query, body)),
        _ => OfJson(query, JsonDocument.Parse(body).RootElement),
    };

    /// <summary>Values of an object by column; quantiles are objects of their own.</summary>
    public static decimal?[] Values(OracleQuery query, JsonElement values, int? point = null) => [.. query.Columns.Select(column =>
    {
        var value = OracleMeasures.IsQuantile(column) ? values.GetProperty("quantiles" + column[column.IndexOf('(')..]).GetProperty(column[..column.IndexOf('(')]) : values.GetProperty(column);
        if (point is { } at) value = value[at];
        return value.ValueKind == JsonValueKind.Null ? (decimal?)null : value.GetDecimal();
    })];

    /// <summary>A group's values; an absent one is empty.</summary>
    public static string[] Group(OracleQuery query, JsonElement group) => [.. query.GroupAsked.Select(field => group.GetProperty(field).GetString() ?? "")];

    private static ToldAnswer OfJson(OracleQuery query, JsonElement json)
    {
        ToldPoint[] points = [.. json.GetProperty("buckets").EnumerateArray().Select(bucket => new ToldPoint(
            Ms(bucket, "start"), Ms(bucket, "end"), bucket.GetProperty("final").GetBoolean(), bucket.GetProperty("revision").GetInt64()))];
        var hasPrevious = json.TryGetProperty("compare", out var compare);
        var series = json.GetProperty("series").EnumerateArray().Select((one, at) =>
        {
            var before = hasPrevious ? compare.GetProperty("series")[at] : default;
            return new ToldSeries(
                Group(query, one.GetProperty("group")), PointsOf(one), Values(query, one.GetProperty("totals")),
                hasPrevious ? PointsOf(before) : null, hasPrevious ? Values(query, before.GetProperty("totals")) : null);
        });
        return new ToldAnswer(points, [.. series])
        {
            Json = json,
            Totals = Values(query, json.GetProperty("totals")),
            PreviousTotals = hasPrevious ? Values(query, compare.GetProperty("totals")) : null,
        };

        decimal?[][] PointsOf(JsonElement one) => one.TryGetProperty("values", out var values) ? [.. points.Select((_, point) => Values(query, values, point))] : [];
    }

    // Rows come point by point, in each the series in their order; without points there is a row of totals per series.
    private static ToldAnswer OfRows(OracleQuery query, List<ToldRow> rows)
    {
        var points = rows.Where(row => row.Point is not null).Select(row => row.Point!).Distinct().ToList();
        var seriesCount = rows.Count / Math.Max(1, points.Count);
        return new ToldAnswer(points, [.. Enumerable.Range(0, seriesCount).Select(SeriesAt)]);

        ToldSeries SeriesAt(int at)
        {
            var mine = Enumerable.Range(0, Math.Max(1, points.Count)).Select(point => rows[(point * seriesCount) + at]).ToList();
            Assert.All(mine, row => Assert.Equal(mine[0].Group, row.Group));
            decimal?[][] values = [.. mine.Select(row => row.Values)];
            return points.Count == 0
                ? new ToldSeries(mine[0].Group, [], values[0], null, null)
                : new ToldSeries(mine[0].Group, values, null, query.Compare ? [.. mine.Select(row => row.Previous!)] : null, null);
        }
    }

    private static long Ms(JsonElement json, string name) => json.GetProperty(name).GetDateTimeOffset().ToUnixTimeMilliseconds();
}

/// <param name="Revision">Null where the format does not tell it.</param>
internal sealed record ToldPoint(long StartMs, long EndMs, bool IsFinal, long? Revision);

/// <param name="Points">By point and column; the same of the period before in <paramref name="Previous"/>.</param>
/// <param name="Totals">By column; null where the format does not tell them.</param>
internal sealed record ToldSeries(string[] Group, decimal?[][] Points, decimal?[]? Totals, decimal?[][]? Previous, decimal?[]? PreviousTotals);
