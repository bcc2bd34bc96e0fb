namespace Streamgauge.Tests.System;

/// <summary>Questions of every shape about a view. Some cannot be answered, and the oracle knows which.</summary>
internal sealed class RandomQueries(Random random, long nowMs)
{
    private const long DayMs = 86_400_000;
    private static readonly string[] Zones = ["UTC", "Asia/Kolkata", "+05:30", "Europe/Berlin", "America/New_York", "America/Havana", "Australia/Lord_Howe"];
    private static readonly string[] Changing = ["Europe/Berlin", "America/New_York", "America/Havana", "Australia/Lord_Howe"];

    private static readonly (string Field, string Text, Func<string?, bool> Passes)[] Filters =
    [
        ("product", "product in ('p0', 'p1', 'p3') or starts_with(product, 'K')", text => text is "p0" or "p1" or "p3" || text?.StartsWith('K') == true),
        ("country", "not country == 'DE'", text => text != "DE"),
        ("country", "country != 'DE'", text => text is not (null or "DE")),
        ("event_type", "event_type == 'cart'", text => text == "cart"),
        ("size", "size >= 39", text => OracleEvent.NumberOf(text) >= 39),
        ("coupon", "exists(coupon)", text => text is not null),
    ];

    public OracleQuery Next(OracleView view)
    {
        var query = new OracleQuery(view) { Format = Pick("json", "json", "csv", "ndjson") };
        query = WithGroups(query);
        if (view.HasAllTime && (view.Tiers.Count == 1 || random.Next(4) == 0)) return query with { Step = view.Tiers.Count == 1 && random.Next(2) == 0 ? null : "all" };
        return WithTimes(query);
    }

    private OracleQuery WithGroups(OracleQuery query)
    {
        var view = query.View;
        if (view.GroupBy.Count > 0)
        {
            if (random.Next(2) == 0) query = query with { Group = [.. Shuffled(view.GroupBy).Take(random.Next(view.GroupBy.Count + 1))] };
            var filters = Filters.Where(filter => view.GroupBy.Contains(filter.Field)).ToList();
            if (filters.Count > 0 && random.Next(3) == 0)
            {
                var filter = filters[random.Next(filters.Count)];
                query = query with { Where = filter.Text, Passes = one => filter.Passes(one.Text(filter.Field)) };
            }
        }

        if (random.Next(2) == 0) query = query with { Measures = [.. Shuffled(view.Measures).Take(random.Next(1, view.Measures.Count + 1))] };
        if (random.Next(3) == 0) query = query with { Top = random.Next(1, 6) };
        if (random.Next(2) > 0) return query;
        List<string> orders = ["count", .. new OracleQuery(view).Columns];
        return query with { Order = orders[random.Next(orders.Count)], Ascending = random.Next(3) == 0 };
    }

    private OracleQuery WithTimes(OracleQuery query)
    {
        var step = Pick("10s", "30s", "1m", "5m", "15m", "30m", "1h", "3h", "6h", "1d", "1d", "7d");
        if (Lengths.Ms(step) < query.View.Tiers[0].EveryMs && random.Next(8) > 0) step = "1d";
        var stepMs = Lengths.Ms(step);
        var toMs = random.Next(4) switch
        {
            0 => (long?)null,
            1 => nowMs - random.NextInt64(600_000),
            2 => nowMs - random.NextInt64(Math.Min(20 * stepMs, 60 * DayMs)),
            _ => Math.Min(nowMs, RandomEvents.LastChangeMs(Pick(Changing), nowMs) + random.NextInt64(3 * DayMs)),
        };
        query = query with
        {
            Step = step,
            ToMs = toMs,
            FromMs = random.Next(8) == 0 ? null : (toMs ?? nowMs) - random.NextInt64(1, Math.Min(80, Math.Max(2, 90 * DayMs / stepMs))) * stepMs,
            TimeZone = random.Next(3) == 0 ? null : Pick(Zones),
            Compare = random.Next(4) == 0,
        };
        if (random.Next(4) == 0) query = query with { Window = Pick(step, Twice(step), "1h", "1d", "3d", "7d") };
        return Lengths.Ms(query.Window ?? "1s") > 3 * DayMs && stepMs < DayMs / 24 ? query with { Window = null } : query; // within the limits
    }

    private static string Twice(string length) => $"{int.Parse(length.AsSpan(0, length.Length - 1)) * 2}{length[^1]}";

    private IEnumerable<string> Shuffled(IEnumerable<string> words) => [.. words.OrderBy(_ => random.Next())];

    private string Pick(params string[] words) => words[random.Next(words.Length)];
}
