using System.Text.Json.Nodes;

namespace Streamgauge.Tests.System;

/// <summary>The views of the drill: before and after they are changed.</summary>
internal static class OracleViews
{
    private static readonly string[] EveryMeasure =
        ["count", "sum(value)", "min(value)", "max(value)", "avg(value)", "unique(user_id)", "quantiles(value)"];

    /// <summary>What counts without being declared.</summary>
    public static IReadOnlyList<OracleView> BuiltIn { get; } =
    [
        new() { Name = "total", Measures = ["count", "sum(value)"], IsBuiltIn = true },
        new() { Name = "event_types", GroupBy = ["event_type"], Measures = ["count", "sum(value)"], IsBuiltIn = true },
        new() { Name = "products", GroupBy = ["product"], Passes = one => one.Text("product") is not null, IsBuiltIn = true },
    ];

    public static OracleView Sales { get; } = new()
    {
        Name = "sales",
        Filter = "event_type == 'purchase' and value >= 10 and country != 'US'",
        Passes = one => one.Text("event_type") == "purchase" && one.Number("value") >= 10 && one.Text("country") is not (null or "US"),
        GroupBy = ["product", "country"],
        Measures = EveryMeasure,
        Tiers = [new("10s", "30m"), new("1m", "6h"), new("15m", "200d"), new("1h", "400d"), new("1d", "800d"), OracleTier.All],
    };

    public static OracleView Clicks { get; } = new()
    {
        Name = "clicks",
        Measures = ["count", "unique(session_id)", "sum(duration)", "avg(duration)", "min(duration)", "quantiles(duration)"],
        Tiers = [new("1m", "2h"), new("30m", "400d"), new("1d", "500d")],
    };

    public static OracleView Kinds { get; } = new()
    {
        Name = "kinds",
        Filter = "event_type in ('view', 'cart') or (exists(coupon) and not starts_with(user_id, 'u1'))",
        Passes = one => one.Text("event_type") is "view" or "cart" || (one.Text("coupon") is not null && one.Text("user_id")?.StartsWith("u1", StringComparison.Ordinal) != true),
        GroupBy = ["event_type", "coupon", "size"],
        Measures = ["count", "max(duration)", "min(value)"],
        Tiers = [new("1h", "30d"), OracleTier.All],
    };

    /// <summary>Another filter and further measures under the same name.</summary>
    public static OracleView KindsChanged { get; } = Kinds with
    {
        Filter = "size in (39, 39.5, 'XL') or duration < 0",
        Passes = one => one.Number("size") is 39 or 39.5m || one.Text("size") == "XL" || one.Number("duration") < 0,
        Measures = ["count", "max(duration)", "unique(user_id)", "quantiles(duration)"],
        Tiers = [new("15m", "30d"), new("1h", "30d"), OracleTier.All],
    };

    public static OracleView Countries { get; } = new()
    {
        Name = "countries", Filter = "not country == 'US'", Passes = one => one.Text("country") != "US", GroupBy = ["country"],
        Measures = ["count", "sum(value)", "avg(value)", "unique(user_id)"],
    };

    /// <summary>More groups than its budget.</summary>
    public static OracleView Tight { get; } = new()
    {
        Name = "tight", GroupBy = ["user_id"], Measures = ["count", "sum(value)"], Tiers = [new("1m", "2h"), new("1d", "400d"), OracleTier.All], Limit = 5,
    };

    public static OracleView Dropped { get; } = new() { Name = "dropped", GroupBy = ["product"], Tiers = [new("1h", "30d"), OracleTier.All] };

    public static OracleView Added { get; } = new()
    {
        Name = "added", GroupBy = ["size", "country"], Filter = "value > 5 and not event_type == 'refund'", Measures = EveryMeasure,
        Passes = one => one.Number("value") > 5 && one.Text("event_type") != "refund",
        Tiers = [new("1m", "6h"), new("15m", "200d"), new("1d", "400d")],
    };

    public static IReadOnlyList<OracleView> Before { get; } = [Sales, Clicks, Kinds, Countries, Tight, Dropped];

    public static IReadOnlyList<OracleView> After { get; } = [Sales, Clicks, KindsChanged, Countries with { Description = "Only words." }, Tight, Added];

    public static string ToFile(IEnumerable<OracleView> views) => new JsonObject { ["views"] = new JsonArray([.. views.Select(view => view.ToJson())]) }.ToJsonString();
}
