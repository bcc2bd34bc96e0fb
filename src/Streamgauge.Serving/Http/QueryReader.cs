using System.Globalization;
using Microsoft.AspNetCore.Http;
using Streamgauge.Views;

namespace Streamgauge.Serving;

/// <summary>Reads query parameters strictly: names are case-sensitive, each at most once, and the first mistake becomes the problem.</summary>
internal sealed class QueryReader
{
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

    internal delegate bool TryParse<T>(string text, out T value);
}
