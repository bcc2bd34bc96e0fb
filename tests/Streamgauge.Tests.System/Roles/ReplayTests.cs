using System.Globalization;
using System.Text.Json;
using Streamgauge.TestKit;

namespace Streamgauge.Tests.System;

/// <summary>Real shop events, from the file to the counters, through the executable alone.</summary>
public sealed class ReplayTests : IAsyncLifetime
{
    private static readonly string[] Mapping = ["--map", "ts=event_time", "product=product_id", "session_id=user_session", "value=price", "--rebase-time"];
    private readonly string _folder = Directory.CreateTempSubdirectory("sg-replay-").FullName;
    private RedisServer _redis = null!;

    public async Task InitializeAsync() => _redis = await RedisServer.StartAsync(new RedisServerOptions { AppendOnly = true });

    public async Task DisposeAsync()
    {
        await _redis.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [SampleFact]
    public async Task A_thousand_real_events_are_counted_exactly()
    {
        var expected = Count(SampleFile.Find()!);
        Assert.Equal((987, 10, 3), (expected["type:view:count"], expected["type:purchase:count"], expected["type:cart:count"]));
        Assert.Equal((534, 372, 293_615_990_000), (expected.CountOf("product:", ":count"), expected.CountOf("session:", ":events"), expected["total_value_micros"]));

        await using var processor = StreamgaugeProcess.Start("process", "--redis", _redis.Endpoint.ToString());
        await ReplayAsync(SampleFile.Find()!, expected);
        await AssertCountedAsync(expected);
    }

    [SampleFact]
    public async Task The_same_events_are_counted_exactly_when_a_processor_is_killed_half_way()
    {
        var expected = Count(SampleFile.Find()!);

        // One by one and slowly, so that half-way is a moment that can be met.
        await KillHalfWayAsync(SampleFile.Find()!, expected, "--plain", "--rate", "500");
    }

    [SampleFact]
    public async Task Two_hundred_times_the_same_events_at_full_speed_are_counted_exactly_when_a_processor_is_killed_half_way()
    {
        var lines = await File.ReadAllLinesAsync(SampleFile.Find()!);
        var path = Path.Combine(_folder, "repeated.csv");
        await File.WriteAllLinesAsync(path, Enumerable.Repeat(lines.Skip(1), 200).SelectMany(rows => rows).Prepend(lines[0]));
        var expected = Count(path);
        Assert.Equal(200_000, expected["total_count"]);

        await KillHalfWayAsync(path, expected);
    }

    private async Task KillHalfWayAsync(string path, Counters expected, params string[] replayOptions)
    {
        string[] process = ["process", "--redis", _redis.Endpoint.ToString(), "--claim-after", "1s", "--timeout", "500ms", "--commit-events", "500"];
        await using var connection = await _redis.ConnectAsync();
        await using var killed = StreamgaugeProcess.Start(process);
        var replay = ReplayAsync(path, expected, replayOptions);
        await Eventually.Async(async () => (await CountersInRedis.ReadAsync(connection))["total_count"] > expected["total_count"] / 4, "a quarter is counted");
        killed.Kill();
        Assert.True((await CountersInRedis.ReadAsync(connection))["total_count"] < expected["total_count"], "the kill came after the end");

        await using var next = StreamgaugeProcess.Start(process);
        await replay;
        await AssertCountedAsync(expected);
    }

    private async Task ReplayAsync(string path, Counters expected, params string[] options)
    {
        var replay = await StreamgaugeProcess.RunAsync(["replay", path, .. Mapping, .. options, "--redis", _redis.Endpoint.ToString(), "--output", "json"]);
        Assert.True(replay.ExitCode == 0, replay.Errors);
        var summary = JsonDocument.Parse(replay.Output).RootElement;
        Assert.Equal(expected["total_count"], summary.GetProperty("events").GetInt64());
        Assert.Equal(0, summary.GetProperty("malformed").GetInt64());
    }

    private async Task AssertCountedAsync(Counters expected)
    {
        var status = await StreamgaugeProcess.RunAsync("status", "--wait", "20s", "--output", "json", "--redis", _redis.Endpoint.ToString());
        Assert.True(status.ExitCode == 0, status.Errors);
        var report = JsonDocument.Parse(status.Output).RootElement;
        Assert.Equal(expected["total_count"], report.GetProperty("total_count").GetInt64());
        Assert.Equal(expected["total_value_micros"] / 1_000_000m, report.GetProperty("total_value").GetDecimal());
        Assert.Equal(expected.CountOf("product:", ":count"), report.GetProperty("products").GetInt32());
        Assert.Equal(expected.CountOf("session:", ":events"), report.GetProperty("sessions").GetInt32());
        foreach (var type in new[] { "view", "purchase", "cart" })
            Assert.Equal(expected[$"type:{type}:count"], report.GetProperty("event_types").GetProperty(type).GetInt64());

        await using var connection = await _redis.ConnectAsync();
        Assert.Empty(await CountersInRedis.DifferencesAsync(connection, expected));
    }

    // event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session
    private static Counters Count(string path)
    {
        // No field of this file is quoted, so splitting at commas is an independent reading of it.
        var counters = new Counters();
        foreach (var line in File.ReadLines(path).Skip(1))
        {
            var columns = line.Split(',');
            counters.Add(columns[1], columns[2], columns[8], (long)(decimal.Parse(columns[6], CultureInfo.InvariantCulture) * 1_000_000));
        }

        return counters;
    }
}
