using System.Text.Json;
using Streamgauge.TestKit;

namespace Streamgauge.Tests.System;

/// <summary><c>examples/web-shop.json</c> over a thousand real events, against awk, sort and uniq over the same file.</summary>
public sealed class WebShopTests
{
    private const long MinuteMs = 60_000;
    private const long HourMs = 60 * MinuteMs;
    private const long DayMs = 24 * HourMs;
    private const long SampleStartMs = 1_569_888_000_000; // 2019-10-01, the day of every event in it
    private static readonly string[] Mapping = ["--map", "ts=event_time", "product=product_id", "session_id=user_session", "value=price"];

    private const string ReadCsv = """
        BEGIN { FS = "," }
        NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; column["product"] = column["product_id"]; column["session_id"] = column["user_session"]; column["value"] = column["price"]; next }
        function f(name) { return $column[name] }
        function ts(  t) { t = f("event_time"); return SHIFTED + (substr(t, 12, 2) * 3600 + substr(t, 15, 2) * 60 + substr(t, 18, 2)) * 1000 }
        """;

    [SampleFact]
    public async Task At_the_times_of_the_file_totals_of_all_time_agree_and_everything_else_is_late()
    {
        await using var run = await ExampleRun.StartRolesAsync("web-shop.json");
        await run.ReplayAsync(SampleFile.Find()!, Mapping);

        foreach (var (check, _, _) in Checks(run.Api, SampleStartMs)) await check.OfAllTimeAsync();

        // 2019 is beyond every retention: once per event for its session, for its visit, and for each view with tiers it is in.
        var late = await Bash.RunAsync("""
            awk -F, 'NR > 1 { n += 3; if ($2 == "purchase") n += 2; n++; if ($2 == "view" && $5 != "") n++ } END { print n }' "$1"
            """, SampleFile.Find()!);
        Assert.Equal((long.Parse(late), 0), await run.OddTimesAsync());
        Assert.Equal("", string.Join(' ', (await run.Redis.ExecuteAsync(["KEYS", "{events}:*:1*"])).Items.Select(key => key.AsText())));
        using var refused = await run.Api.GetAsync($"/v1/views/turnover?step=1d&from={SampleStartMs}&to={SampleStartMs + DayMs}");
        Assert.Equal(400, (int)refused.StatusCode);
        Assert.Contains("forgotten", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [SampleFact]
    public async Task Moved_into_the_present_every_view_and_tier_agrees()
    {
        await using var run = await ExampleRun.StartRolesAsync("web-shop.json");
        var replayed = await run.ReplayAsync(SampleFile.Find()!, [.. Mapping, "--rebase-time"]);
        var (fromMs, toMs) = (Ms(replayed, "from"), Ms(replayed, "to") + 1);
        Assert.Equal((0, 0), await run.OddTimesAsync());

        foreach (var (check, steps, isKeptForEver) in Checks(run.Api, fromMs))
        {
            if (isKeptForEver) await check.OfAllTimeAsync();
            if (steps.Contains("1m", StringComparison.Ordinal)) await check.OfSeriesAsync("1m", MinuteMs, fromMs, toMs);
            if (steps.Contains("5m", StringComparison.Ordinal)) await check.OfSeriesAsync("5m", 5 * MinuteMs, fromMs, toMs);
            if (steps.Contains("1h", StringComparison.Ordinal)) await check.OfSeriesAsync("1h", HourMs, fromMs, toMs);
            if (steps.Contains("1d", StringComparison.Ordinal)) await check.OfSeriesAsync("1d", DayMs, fromMs, toMs);
        }
    }

    private static IEnumerable<(ExampleCheck Check, string Steps, bool IsKeptForEver)> Checks(ViewsClient api, long startMs)
    {
        var recount = new Recount(SampleFile.Find()!, ReadCsv.Replace("SHIFTED", startMs.ToString(), StringComparison.Ordinal));
        yield return (new ExampleCheck(api, recount, "turnover", "f(\"event_type\") == \"purchase\"", "\"\"",
            ["count", "sum(value)", "avg(value)", "min(value)", "max(value)", "unique(user_id)", "p50(value)", "p90(value)", "p95(value)", "p99(value)"]), "1m 5m 1h 1d", true);
        yield return (new ExampleCheck(api, recount, "funnel", "f(\"event_type\") ~ /^(view|cart|purchase)$/", "f(\"event_type\")", ["count", "unique(session_id)", "unique(user_id)"]), "1m 5m 1h 1d", true);
        yield return (new ExampleCheck(api, recount, "demand", "1", "f(\"product\") \";\" f(\"event_type\")", ["count", "sum(value)"]), "1h 1d", true);
        yield return (new ExampleCheck(api, recount, "brands", "f(\"event_type\") == \"purchase\"", "f(\"brand\")", ["count", "sum(value)", "unique(user_id)"]), "1d", true);
        yield return (new ExampleCheck(api, recount, "interest", "f(\"event_type\") == \"view\" && f(\"category_code\") != \"\"", "f(\"category_code\")",
            ["count", "unique(session_id)", "avg(value)", "p50(value)", "p90(value)", "p95(value)", "p99(value)"]), "1h", true);
        yield return (new ExampleCheck(api, recount, "premium_electronics",
            "f(\"category_code\") ~ /^electronics[.]/ && f(\"value\") >= 500 && f(\"category_code\") != \"electronics.smartphone\"", "f(\"brand\") \";\" f(\"event_type\")",
            ["count", "avg(value)", "unique(user_id)"]), "", true);
    }

    private static long Ms(JsonElement replayed, string name) => replayed.GetProperty(name).GetDateTimeOffset().ToUnixTimeMilliseconds();
}
