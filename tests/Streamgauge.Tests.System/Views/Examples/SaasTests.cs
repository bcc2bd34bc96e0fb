namespace Streamgauge.Tests.System;

/// <summary><c>examples/saas.json</c> over generated events, against awk, sort and uniq over the same file.</summary>
public sealed class SaasTests
{
    private const int Seed = 20_260_131;
    private const int Events = 6_000;
    private const long SecondMs = 1_000;
    private const long MinuteMs = 60 * SecondMs;
    private const long HourMs = 60 * MinuteMs;
    private const long DayMs = 24 * HourMs;
    private const string IsRequest = "f(\"event_type\") == \"request\"";

    [Fact]
    public async Task Every_view_and_tier_agrees()
    {
        using var file = new EventFile(Seed, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
        for (var i = 0; i < Events; i++) AddEvent(file);
        await using var run = await ExampleRun.StartRolesAsync("saas.json");
        var path = file.Write();
        await run.ReplayAsync(path);

        var end = file.EndMs + 1;
        var recount = new Recount(path, EventFile.Reading);
        var users = Check("active_users", "f(\"user_id\") != \"\" && f(\"event_type\") != \"error\"", "\"\"", "unique(user_id)", "unique(account)", "unique(session_id)");
        await users.OfSeriesAsync("1h", HourMs, end - (3 * HourMs), end);
        await users.OfSeriesAsync("1d", DayMs, end - DayMs, end);

        // The finest tier keeps ten minutes, so what is asked of it begins well within; older requests are in the coarser ones alone.
        var latency = Check("latency", IsRequest, "f(\"route\")", "count", "avg(value)", "max(value)", "p50(value)", "p90(value)", "p95(value)", "p99(value)");
        await latency.OfSeriesAsync("10s", 10 * SecondMs, end - (6 * MinuteMs), end);
        await latency.OfSeriesAsync("5m", 5 * MinuteMs, end - (100 * MinuteMs), end);
        await latency.OfSeriesAsync("1h", HourMs, end - (3 * HourMs), end);

        var failures = Check("failures", IsRequest + " && f(\"status\") + 0 >= 500", "f(\"route\") \";\" f(\"status\") \";\" f(\"region\")", "count", "unique(account)");
        await failures.OfSeriesAsync("1m", MinuteMs, end - (90 * MinuteMs), end);
        await failures.OfSeriesAsync("1h", HourMs, end - (3 * HourMs), end);

        var features = Check("features", "f(\"event_type\") == \"feature\"", "f(\"product\") \";\" f(\"plan\")", "count", "unique(account)", "unique(user_id)");
        await features.OfAllTimeAsync();
        await features.OfSeriesAsync("1d", DayMs, end - DayMs, end);

        var growth = Check("growth", "f(\"event_type\") ~ /^(sign_up|subscribe)$/", "f(\"event_type\") \";\" f(\"plan\") \";\" f(\"channel\")", "count", "sum(value)", "unique(account)");
        await growth.OfAllTimeAsync();
        await growth.OfSeriesAsync("1d", DayMs, end - DayMs, end);

        var late = await Bash.RunAsync($$"""
            awk '{{EventFile.Reading}} {{IsRequest}} && ts() < {{end - (20 * MinuteMs)}} { n++ } END { print n + 0 }' "$1"
            """, path);
        Assert.Equal((long.Parse(late), 0), await run.OddTimesAsync());

        ExampleCheck Check(string view, string filter, string group, params string[] measures) => new(run.Api, recount, view, filter, group, measures);
    }

    // A third within the last five minutes, the rest 20 to 95 minutes ago: nothing stands where the ten minutes of the finest tier end.
    private static void AddEvent(EventFile file)
    {
        var random = file.Random;
        var ago = random.Next(3) == 0 ? TimeSpan.FromMilliseconds(random.Next(300_000)) : TimeSpan.FromMilliseconds(random.Next(1_200_001, 5_700_000));
        var user = random.Next(900);
        (string, object?)[] who = [("user_id", random.Next(20) == 0 ? null : $"u-{user}"), ("account", $"acme-{user % 130}"), ("session_id", $"s-{user}-{random.Next(3)}")];
        switch (random.Next(10))
        {
            case < 6:
                file.Add("request", ago, [.. who, ("value", Math.Round((decimal)Math.Exp((random.NextDouble() * 6) + 1), 2)), ("route", file.Pick("/", "/login", "/api/orders", "/api/users", "/export")),
                    ("status", file.Pick("200", "200", "404", "500", "503")), ("region", file.Pick("eu", "us", "in"))]);
                break;
            case < 8:
                file.Add("feature", ago, [.. who, ("product", file.Pick("search", "board", "timeline", "export")), ("plan", file.Pick("free", "team", "business"))]);
                break;
            case 8:
                file.Add(file.Pick("sign_up", "subscribe"), ago, [.. who, ("value", random.Next(2) == 0 ? null : random.Next(900) / 10m), ("plan", file.Pick("free", "team", "business")), ("channel", file.Pick("ads", "friend"))]);
                break;
            default:
                file.Add("error", ago, [.. who, ("service", file.Pick("web", "billing")), ("code", file.Pick("E1", "E2", "E3"))]);
                break;
        }
    }
}
