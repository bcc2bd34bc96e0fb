namespace Streamgauge.Tests.System;

/// <summary><c>examples/iot-fleet.json</c> over generated events, against awk, sort and uniq over the same file.</summary>
public sealed class IotFleetTests
{
    private const int Seed = 424_242;
    private const int Events = 6_000;
    private const long SecondMs = 1_000;
    private const long MinuteMs = 60 * SecondMs;
    private const long HourMs = 60 * MinuteMs;
    private const long DayMs = 24 * HourMs;

    [Fact]
    public async Task Every_view_and_tier_agrees()
    {
        using var file = new EventFile(Seed, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
        for (var i = 0; i < Events; i++) AddEvent(file);
        await using var run = await ExampleRun.StartUpAsync("iot-fleet.json");
        var path = file.Write();
        await run.ReplayAsync(path);

        var end = file.EndMs + 1;
        var recount = new Recount(path, EventFile.Reading);
        var readings = Check("readings", "f(\"event_type\") == \"reading\" && f(\"value\") != \"\"", "f(\"site\") \";\" f(\"product\")",
            "count", "avg(value)", "min(value)", "max(value)", "p50(value)", "p90(value)", "p95(value)", "p99(value)");
        await readings.OfSeriesAsync("1m", MinuteMs, end - (25 * MinuteMs), end);
        await readings.OfSeriesAsync("15m", 15 * MinuteMs, end - (6 * HourMs), end);
        await readings.OfSeriesAsync("1d", DayMs, end - (10 * DayMs), end);

        var coldChain = Check("cold_chain", "f(\"product\") == \"temperature\" && f(\"site_kind\") == \"freezer\" && f(\"value\") != \"\" && f(\"value\") + 0 > -15 && f(\"device\") !~ /^sim-/",
            "f(\"site\")", "count", "max(value)", "unique(device)");
        await coldChain.OfSeriesAsync("1m", MinuteMs, end - (25 * MinuteMs), end);
        await coldChain.OfSeriesAsync("1h", HourMs, end - (5 * DayMs), end);

        var fleet = Check("fleet", "1", "f(\"site\")", "unique(device)", "min(battery)", "avg(battery)", "avg(rssi)");
        await fleet.OfSeriesAsync("15m", 15 * MinuteMs, end - (6 * HourMs), end);
        await fleet.OfSeriesAsync("1d", DayMs, end - (10 * DayMs), end);

        var alarms = Check("alarms", "f(\"event_type\") == \"alarm\" && f(\"severity\") + 0 >= 3", "f(\"code\") \";\" f(\"severity\")", "count", "unique(device)");
        await alarms.OfAllTimeAsync();
        await alarms.OfSeriesAsync("10s", 10 * SecondMs, end - (22 * MinuteMs), end);
        await alarms.OfSeriesAsync("10m", 10 * MinuteMs, end - (6 * HourMs), end);
        await alarms.OfSeriesAsync("1d", DayMs, end - (10 * DayMs), end);

        var firmware = Check("firmware", "f(\"event_type\") == \"boot\"", "f(\"firmware\")", "count", "unique(device)");
        await firmware.OfAllTimeAsync();
        await firmware.OfSeriesAsync("1d", DayMs, end - (10 * DayMs), end);

        ExampleCheck Check(string view, string filter, string group, params string[] measures) => new(run.Api, recount, view, filter, group, measures);
    }

    // Half within the last 20 minutes, some hours ago, some days ago, as from devices that were offline.
    private static void AddEvent(EventFile file)
    {
        var random = file.Random;
        var agoMs = random.Next(8) switch
        {
            < 4 => random.NextInt64(20 * MinuteMs),
            < 6 => random.NextInt64(5 * HourMs),
            _ => random.NextInt64(9 * DayMs),
        };
        var ago = TimeSpan.FromMilliseconds(agoMs);
        var site = random.Next(6);
        (string, object?)[] device = [("device", $"{(random.Next(8) == 0 ? "sim-" : "d-")}{site}-{random.Next(60)}"), ("site", random.Next(30) == 0 ? null : $"site-{site}"), ("site_kind", site < 3 ? "freezer" : "store")];
        switch (random.Next(10))
        {
            case < 7:
                file.Add("reading", ago, [.. device, ("product", file.Pick("temperature", "humidity")), ("value", random.Next(25) == 0 ? null : random.Next(-26_000, 9_000) / 1_000m),
                    ("battery", random.Next(3) == 0 ? null : random.Next(1_000) / 10m), ("rssi", random.Next(-95, -30))]);
                break;
            case < 9:
                file.Add("alarm", ago, [.. device, ("code", file.Pick("OPEN", "HOT", "LOST")), ("severity", random.Next(1, 6))]);
                break;
            default:
                file.Add("boot", ago, [.. device, ("firmware", file.Pick("1.0.0", "1.0.1", "1.1.0"))]);
                break;
        }
    }
}
