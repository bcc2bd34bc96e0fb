using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Streamgauge.Events;
using Streamgauge.Views;

namespace Streamgauge.Serving;

/// <summary>Reads query parameters strictly: names are case-sensitive, each at most once, and the first mistake becomes the problem.</summary>
internal sealed class QueryReader
{
    private const long UnixSecondsMax = 100_000_000_000; // smaller numbers are seconds that lost their unit
    private const int TextCharsMax = ViewLimits.FilterCharsMax;
    private readonly IQueryCollection _query;

    public QueryReader(IQueryCollection query, params string[] allowed)
    {
        _query = query;
        foreach (var name in query.Keys)
        {
            if (!allowed.Contains(name, StringComparer.Ordinal)) Problem ??= Problem.UnknownParameter(name, allowed);
        }
    }

    /// <summary>What is wrong; null when everything read so far is sound.</summary>
    public Problem? Problem { get; private set; }

    public bool Has(string name) => _query.ContainsKey(name);

    /// <summary>A whole number from <paramref name="min"/> to <paramref name="max"/>.</summary>
    public int Number(string name, int otherwise, int min, int max)
    {
        if (!Has(name)) return otherwise;
        var values = _query[name];
        if (values.Count == 1 && int.TryParse(values[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max) return number;
        Problem ??= Problem.InvalidParameter(name, $"a whole number from {min} to {max}");
        return otherwise;
    }

    /// <summary>Text of another's making; null when absent.</summary>
    public T? Parsed<T>(string name, TryParse<T> tryParse, string expected)
        where T : struct
    {
        if (!Has(name)) return null;
        var values = _query[name];
        if (values.Count == 1 && tryParse(values[0] ?? "", out var value)) return value;
        Problem ??= Problem.InvalidParameter(name, expected);
        return null;
    }

    /// <summary>A filter; null when absent.</summary>
    public EventFilter? Filter(string name)
    {
        if (Text(name) is not { } text) return null;
        if (EventFilter.TryParse(text, out var filter, out var fault)) return filter;
        Problem ??= Problem.InvalidFilter(name, fault);
        return null;
    }

    /// <summary>Text as it stands there, at most <see cref="TextCharsMax"/>; null when absent.</summary>
    public string? Text(string name)
    {
        if (!Has(name)) return null;
        var values = _query[name];
        if (values.Count == 1 && values[0] is { Length: > 0 and <= TextCharsMax } text) return text;
        Problem ??= Problem.InvalidParameter(name, $"1 to {TextCharsMax} characters");
        return null;
    }

    /// <summary>A point in time, Unix milliseconds: RFC 3339 with a zone, Unix milliseconds, <c>now</c>, or relative to it, <c>-24h</c>.</summary>
    public long? Moment(string name, long nowMs)
    {
        if (Text(name) is not { } text) return null;
        if (text == "now") return nowMs;
        if (text[0] == '-' && TierLength.TryParse(text[1..], out var ago)) return Math.Max(0, nowMs - (long)ago.TotalMilliseconds);
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var ms) && ms is > UnixSecondsMax and <= EventLimits.TimestampMsMax) return ms;
        if (!char.IsAsciiDigit(text[0]) || !text.Contains('T') || EventTime.TryParse(Encoding.UTF8.GetBytes(text), out ms) != EventFault.None)
        {
            Problem ??= Problem.InvalidParameter(name, "a time like 2026-01-31T12:00:00Z (with + sent as %2B), Unix milliseconds, now, or relative to now like -24h");
            return null;
        }

        return ms;
    }

    /// <summary>A length like <c>5m</c>; null when absent.</summary>
    public TimeSpan? Length(string name) => Parsed<TimeSpan>(name, TierLength.TryParse, TierLength.Allowed);

    /// <summary>Words between commas; empty for an empty value, null when absent.</summary>
    public IReadOnlyList<string>? List(string name)
    {
        if (!Has(name)) return null;
        if (_query[name] is [""]) return [];
        return Text(name)?.Split(',');
    }

    /// <summary>One of a few words; null when absent.</summary>
    public string? Word(string name, params string[] words)
    {
        if (!Has(name)) return null;
        if (_query[name] is [{ } word] && words.Contains(word, StringComparer.Ordinal)) return word;
        Problem ??= Problem.InvalidParameter(name, words.Length == 1 ? $"'{words[0]}' or left out" : $"one of {string.Join(", ", words)}") with { Allowed = words };
        return null;
    }

    /// <summary>Refuses a value for a reason only the caller can know.</summary>
    public void Refuse(string name, string expected) => Problem ??= Problem.InvalidParameter(name, expected);

    internal delegate bool TryParse<T>(string text, out T value);
}
