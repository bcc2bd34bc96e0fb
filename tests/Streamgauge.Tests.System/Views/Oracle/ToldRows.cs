using System.Text;
using System.Text.Json;

namespace Streamgauge.Tests.System;

/// <summary>A line of an answer in CSV or NDJSON.</summary>
internal sealed record ToldRow(ToldPoint? Point, string[] Group, decimal?[] Values, decimal?[]? Previous);

/// <summary>Reads answers of lines.</summary>
internal static class ToldRows
{
    public static List<ToldRow> OfNdJson(OracleQuery query, string body) => [.. body.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line =>
    {
        var json = JsonDocument.Parse(line).RootElement;
        return new ToldRow(
            json.TryGetProperty("start", out var start) ? PointOf(start.GetString()!, json.GetProperty("end").GetString()!, json.GetProperty("final").GetBoolean()) : null,
            ToldAnswer.Group(query, json.GetProperty("group")), ToldAnswer.Values(query, json.GetProperty("values")),
            json.TryGetProperty("previous", out var previous) ? ToldAnswer.Values(query, previous) : null);
    })];

    public static List<ToldRow> OfCsv(OracleQuery query, string body)
    {
        var records = Records(body);
        var (groups, columns) = (query.GroupAsked.Count, query.Columns.Count);
        string[] header = ["start", "end", "final", .. query.GroupAsked, .. query.Columns, .. query.Compare ? query.Columns.Select(column => "previous " + column) : []];
        Assert.Equal(header, records[0]);
        return [.. records.Skip(1).Select(cells => new ToldRow(
            cells[0].Length > 0 ? PointOf(cells[0], cells[1], cells[2] == "true") : null,
            cells[3..(3 + groups)], Numbers(cells[(3 + groups)..(3 + groups + columns)]), query.Compare ? Numbers(cells[(3 + groups + columns)..]) : null))];
    }

    private static ToldPoint PointOf(string start, string end, bool isFinal) =>
        new(DateTimeOffset.Parse(start).ToUnixTimeMilliseconds(), DateTimeOffset.Parse(end).ToUnixTimeMilliseconds(), isFinal, Revision: null);

    private static decimal?[] Numbers(string[] cells) => [.. cells.Select(cell => cell.Length == 0 ? (decimal?)null : decimal.Parse(cell))];

    // RFC 4180: cells in quotes may hold commas, line ends and doubled quotes.
    private static List<string[]> Records(string body)
    {
        var records = new List<string[]>();
        var cells = new List<string>();
        var cell = new StringBuilder();
        var isQuoted = false;
        for (var at = 0; at < body.Length; at++)
        {
            if (isQuoted)
            {
                if (body[at] != '"') cell.Append(body[at]);
                else if (at + 1 < body.Length && body[at + 1] == '"') cell.Append(body[at++]);
                else isQuoted = false;
            }
            else if (body[at] == '"') isQuoted = true;
            else if (body[at] is ',' or '\r')
            {
                cells.Add(cell.ToString());
                cell.Clear();
            }
            else if (body[at] == '\n')
            {
                records.Add([.. cells]);
                cells.Clear();
            }
            else cell.Append(body[at]);
        }

        Assert.True(cells.Count == 0 && cell.Length == 0, "the last line has no end");
        return records;
    }
}
