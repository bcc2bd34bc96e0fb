using System.Text.Json;

namespace Streamgauge.Tests.System;

/// <summary>What a client of <c>/v1/stream</c> knows, put together as <c>docs/api.md</c> says.</summary>
internal sealed class LiveState
{
    private readonly Dictionary<(string Start, string End), string> _buckets = [];
    private readonly Dictionary<(string Series, string Start, string End), JsonElement> _points = [];
    private JsonElement _last;

    /// <summary>Takes a snapshot or a delta.</summary>
    public void Take(JsonElement data, bool isSnapshot)
    {
        if (isSnapshot)
        {
            _buckets.Clear();
            _points.Clear();
        }

        _last = data;
        var spans = data.GetProperty("buckets").EnumerateArray().Select(bucket => (Start: Text(bucket, "start"), End: Text(bucket, "end"), All: bucket.GetRawText())).ToList();
        foreach (var (start, end, all) in spans) _buckets[(start, end)] = all;
        foreach (var series in data.GetProperty("series").EnumerateArray())
        {
            for (var at = 0; at < spans.Count; at++) _points[(NameOf(series), spans[at].Start, spans[at].End)] = PointOf(series, at);
        }

        // Points that slid out of the range are gone, and so are series that are missing now.
        var (from, names) = (data.TryGetProperty("from", out var begin) ? begin.GetString()! : "", data.GetProperty("series").EnumerateArray().Select(NameOf).ToHashSet());
        var newest = data.TryGetProperty("to", out var to) ? to.GetString()! : "";
        foreach (var old in _buckets.Keys.Where(key => IsOut(key.End, from, newest)).ToList()) _buckets.Remove(old);
        foreach (var old in _points.Keys.Where(key => IsOut(key.End, from, newest) || !names.Contains(key.Series)).ToList()) _points.Remove(old);
    }

    /// <summary>All of it as text, to be compared with <see cref="Of"/> an answer.</summary>
    public override string ToString() => string.Join('\n', Lines());

    /// <summary>An answer in the same words.</summary>
    public static string Of(JsonElement answer)
    {
        var state = new LiveState();
        state.Take(answer, isSnapshot: true);
        return state.ToString();
    }

    private IEnumerable<string> Lines()
    {
        if (_last.ValueKind == JsonValueKind.Undefined) yield break;
        foreach (var name in new[] { "view", "tier", "from", "to", "step", "totals", "hidden_groups" })
        {
            if (_last.TryGetProperty(name, out var value)) yield return $"{name} {value.GetRawText()}";
        }

        var spans = _buckets.Keys.OrderBy(key => key.End, StringComparer.Ordinal).ToList();
        foreach (var span in spans) yield return _buckets[span];
        foreach (var series in _last.GetProperty("series").EnumerateArray())
        {
            yield return $"{NameOf(series)} {series.GetProperty("totals").GetRawText()}";
            foreach (var (start, end) in spans)
            {
                // A point that was never told of a series had nothing in it.
                var values = _points.GetValueOrDefault((NameOf(series), start, end));
                yield return $"  {start} {(values.ValueKind == JsonValueKind.Undefined || IsNothing(values) ? "nothing" : values.GetRawText())}";
            }
        }
    }

    // The ends tell whether a point is in the range: with a window it begins before it.
    private static bool IsOut(string end, string from, string to) => string.CompareOrdinal(end, from) <= 0 || string.CompareOrdinal(end, to) > 0;

    private static bool IsNothing(JsonElement values) => values.EnumerateObject().All(value => value.Value.ValueKind switch
    {
        JsonValueKind.Null => true,
        JsonValueKind.Object => IsNothing(value.Value),
        _ => value.Value.GetDecimal() == 0,
    });

    // "values" of one point, as an object of their own.
    private static JsonElement PointOf(JsonElement series, int at) => JsonSerializer.SerializeToElement(series.GetProperty("values").EnumerateObject().ToDictionary(
        measure => measure.Name,
        measure => measure.Value.ValueKind == JsonValueKind.Array ? measure.Value[at] : JsonSerializer.SerializeToElement(measure.Value.EnumerateObject().ToDictionary(part => part.Name, part => part.Value[at]))));

    private static string NameOf(JsonElement series) => series.GetProperty("group").GetRawText();

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;
}
