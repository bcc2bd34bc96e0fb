namespace Streamgauge.Tests.System;

/// <summary>A question, as text for the API and as functions for the oracle.</summary>
internal sealed record OracleQuery(OracleView View)
{
    public long? FromMs { get; init; }

    public long? ToMs { get; init; }

    public string? Step { get; init; }

    public string? Window { get; init; }

    public string? TimeZone { get; init; }

    public IReadOnlyList<string>? Group { get; init; }

    public string? Where { get; init; }

    /// <summary>What <see cref="Where"/> says of an event.</summary>
    public Func<OracleEvent, bool> Passes { get; init; } = _ => true;

    public int? Top { get; init; }

    /// <summary>A measure or one quantile.</summary>
    public string? Order { get; init; }

    public bool Ascending { get; init; }

    public IReadOnlyList<string>? Measures { get; init; }

    public bool Compare { get; init; }

    public string Format { get; init; } = "json";

    public bool IsAllTime => Step == "all" || View.Tiers[0].EveryMs == 0;

    public IReadOnlyList<string> GroupAsked => Group ?? View.GroupBy;

    /// <summary>Measures as numbers, quantiles one by one.</summary>
    public IReadOnlyList<string> Columns => [.. (Measures ?? View.Measures).SelectMany(ColumnsOf)];

    public override string ToString() => Uri.UnescapeDataString(ToPath());

    public string ToPath()
    {
        var parameters = new List<(string, string)>();
        Add("from", FromMs?.ToString());
        Add("to", ToMs?.ToString());
        Add("step", Step);
        Add("window", Window);
        Add("tz", TimeZone);
        Add("group", Group is null ? null : string.Join(',', Group));
        Add("where", Where);
        Add("top", Top?.ToString());
        Add("order", Order is null && !Ascending ? null : $"{Order ?? "count"}:{(Ascending ? "asc" : "desc")}");
        Add("measures", Measures is null ? null : string.Join(',', Measures));
        Add("compare", Compare ? "previous" : null);
        Add("format", Format);
        return ViewsClient.PathOf(View.Name, parameters);

        void Add(string name, string? value)
        {
            if (value is not null) parameters.Add((name, value));
        }
    }

    private static IEnumerable<string> ColumnsOf(string measure) =>
        measure.StartsWith("quantiles", StringComparison.Ordinal) ? new[] { "p50", "p90", "p95", "p99" }.Select(part => part + measure["quantiles".Length..]) : [measure];
}
