using System.Net;
using System.Text.Json;
using Streamgauge.Streams;
using Streamgauge.TestKit;

namespace Streamgauge.Serving.Tests.Pipeline;

public sealed class PipelineApiTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    private const string Path = "/v1/pipeline";
    private const string Stream = "/v1/pipeline/stream";
    private static readonly string Report = new StreamKeys(Counting.Stream).ProcessorReport("proc-1");

    [Fact]
    public async Task Pipeline_tells_totals_status_and_what_its_processor_reports()
    {
        var redis = await fixture.SeedAsync();
        await using var counting = await Counting.StartAsync(redis);
        await counting.AppendAllAsync(Enumerable.Range(0, 3).Select(i => (string[])["event_type", "click", "session_id", $"s{i}", "value", "1.5"]));
        await counting.CommitAllAsync();
        await WriteAsync(redis, """{"consumer":"proc-1","sequence":1,"since":"2026-01-01T00:00:00Z","version":"9","problem":null,"events":3,"window_seconds":2,"window_events":3,"stage_seconds":{"read":3,"commit":1},"latency":[0,1]}""");
        await using var host = await ServingHost.StartReadyAsync(redis.Endpoint);
        await host.UntilStatusAsync(Path, HttpStatusCode.OK);

        var answer = await host.UntilAsync(Path, json => json.GetProperty("processors")[0].GetProperty("state").GetString() == "counting", "the report is seen");

        Assert.Equal((3, 4.5, 3), (answer.GetProperty("totals").GetProperty("events").GetInt32(), answer.GetProperty("totals").GetProperty("value").GetDouble(), answer.GetProperty("totals").GetProperty("sessions").GetInt32()));
        Assert.Equal((1.5, 0.25), (answer.GetProperty("processors")[0].GetProperty("events_per_second").GetDouble(), answer.GetProperty("processors")[0].GetProperty("busy").GetDouble()));
        Assert.Equal("""[{"name":"read","share":0.75},{"name":"add_up","share":0},{"name":"commit","share":0.25}]""", answer.GetProperty("stages").GetRawText());
        Assert.Equal(3, answer.GetProperty("now").GetProperty("total").GetInt32());
        Assert.False(answer.TryGetProperty("history", out _));
        Assert.Equal("events", answer.GetProperty("stream").GetString());
    }

    [Theory]
    [InlineData("SET", """{"consumer":"proc-1","sequence":1,"since":"2026-01-01T00:00:00Z","version":"9","problem":null,"events":1,"window_seconds":1,"window_events":5,"stage_seconds":null,"latency":null}""")]
    [InlineData("SET", """{"consumer":"proc-1","sequence":1,"since":"2026-01-01T00:00:00Z","version":"9","problem":null,"events":1,"window_seconds":1e-320,"window_events":5,"stage_seconds":{"read":1},"latency":[]}""")]
    [InlineData("RPUSH", "x")]
    public async Task A_report_written_by_hand_harms_nothing_but_its_own_line(string command, string value)
    {
        var redis = await fixture.SeedAsync();
        await using var counting = await Counting.StartAsync(redis);
        await counting.AppendAsync("event_type", "click");
        await counting.CommitAllAsync();
        await using (var connection = await redis.ConnectAsync()) await connection.ExecuteAsync([command, Report, value]);
        await using var host = await ServingHost.StartReadyAsync(redis.Endpoint);
        await host.UntilStatusAsync(Path, HttpStatusCode.OK);

        var first = (await host.GetJsonAsync(Path)).GetProperty("now").GetProperty("t").GetString();
        var later = await host.UntilAsync(Path, json => json.GetProperty("now").GetProperty("t").GetString() != first, "it goes on looking");

        Assert.False(later.GetProperty("degraded").GetBoolean());
        Assert.Equal(1, later.GetProperty("now").GetProperty("total").GetInt32());
        Assert.Equal(JsonValueKind.Null, later.GetProperty("processors")[0].GetProperty("events_per_second").ValueKind);
    }

    [Fact]
    public async Task A_client_gets_a_snapshot_and_then_every_second_once()
    {
        await using var host = await StartAsync();
        await Eventually.Async(async () => (await HistoryAsync(host)).Length >= 2, "two points are kept");

        using var reader = await EventReader.OpenAsync(host, Stream);
        var points = new List<string>();
        var kinds = new List<string>();
        for (var i = 0; i < 4; i++)
        {
            var message = (await reader.NextAsync())!;
            kinds.Add(message.Kind);
            points.AddRange(Points(message));
            Assert.Equal(message.Data.GetProperty("now").GetProperty("t").GetString(), points[^1]);
        }

        Assert.Equal(["snapshot", "delta", "delta", "delta"], kinds);
        Assert.Equal(points.Distinct().Order(), points);
        var seconds = points.Select(point => DateTimeOffset.Parse(point, System.Globalization.CultureInfo.InvariantCulture).ToUnixTimeSeconds()).ToArray();
        Assert.True(seconds.Length >= 5, $"{seconds.Length} points");
    }

    [Fact]
    public async Task A_client_that_comes_back_gets_what_it_missed_and_one_that_cannot_a_snapshot()
    {
        await using var host = await StartAsync();
        string id;
        using (var reader = await EventReader.OpenAsync(host, Stream)) id = (await reader.NextAsync())!.Id!;
        await Eventually.Async(async () => (await HistoryAsync(host)).Length >= 3, "seconds pass");

        using var resumed = await EventReader.OpenAsync(host, Stream, id);
        using var other = await EventReader.OpenAsync(host, Stream, "ffffffff-" + id.Split('-')[1]); // of another process
        using var forgotten = await EventReader.OpenAsync(host, Stream, id.Split('-')[0] + "-1");
        using var nonsense = await EventReader.OpenAsync(host, Stream, "abc");

        var missed = (await resumed.NextAsync())!;
        Assert.Equal("delta", missed.Kind);
        var last = DateTimeOffset.FromUnixTimeSeconds(long.Parse(id.Split('-')[1], System.Globalization.CultureInfo.InvariantCulture));
        Assert.All(Points(missed), point => Assert.True(DateTimeOffset.Parse(point, System.Globalization.CultureInfo.InvariantCulture) > last, point));
        Assert.Equal("snapshot", (await other.NextAsync())!.Kind);
        Assert.Equal("snapshot", (await forgotten.NextAsync())!.Kind);
        Assert.Equal("snapshot", (await nonsense.NextAsync())!.Kind);
    }

    [Fact]
    public async Task Without_Redis_there_is_nothing_to_tell_and_unknown_parameters_are_refused()
    {
        await using var redis = RedisServer.NotStarted();
        await using var host = await ServingHost.StartAsync(redis.Endpoint);
        await host.GetJsonAsync(Path, HttpStatusCode.ServiceUnavailable);
        await host.GetJsonAsync(Stream, HttpStatusCode.ServiceUnavailable);
        await host.GetJsonAsync(Path + "?x=1", HttpStatusCode.BadRequest);
    }

    private async Task<ServingHost> StartAsync()
    {
        var redis = await fixture.SeedAsync();
        await using (await Counting.StartAsync(redis))
        {
            var host = await ServingHost.StartReadyAsync(redis.Endpoint);
            await host.UntilStatusAsync(Path, HttpStatusCode.OK);
            return host;
        }
    }

    private static async Task<string[]> HistoryAsync(ServingHost host)
    {
        using var reader = await EventReader.OpenAsync(host, Stream);
        return Points((await reader.NextAsync())!);
    }

    private static string[] Points(LiveMessage message) => [.. message.Data.GetProperty("history").EnumerateArray().Select(point => point.GetProperty("t").GetString()!)];

    private static async Task WriteAsync(RedisServer redis, string report)
    {
        await using var connection = await redis.ConnectAsync();
        await connection.ExecuteAsync(["SET", Report, report]);
    }
}
