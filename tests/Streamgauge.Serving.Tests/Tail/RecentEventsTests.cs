using System.Net;
using System.Text.Json;
using Streamgauge.Events;
using Streamgauge.Resp;

namespace Streamgauge.Serving.Tests;

public sealed class RecentEventsTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    private const string Path = "/v1/events/recent";

    [Fact]
    public async Task Plain_entries_and_frames_come_newest_first_with_every_field()
    {
        var redis = await fixture.SeedAsync(["XADD", "events", "1763805600000-1", "event_type", "view", "ts", "1763805599000", "product", "laptop", "color", "red", "value", ""]);
        await using (var connection = await redis.ConnectAsync())
        {
            await AppendFrameAsync(connection, "1763805600001-0", frame =>
            {
                frame.Add(new EventFields { EventType = "buy"u8, TimestampMs = 1763805600000, HasValue = true, ValueMicros = 19_990_000, EventId = "e1"u8 });
                frame.Add(new EventFields { EventType = "refund"u8, TimestampMs = 1763805600001, UserId = "u"u8, SessionId = "s"u8 });
            });
        }

        await using var host = await ServingHost.StartReadyAsync(redis.Endpoint);

        var answer = await host.GetJsonAsync(Path);

        Assert.Equal("2025-11-22T10:00:00.000Z", answer.GetProperty("complete_through").GetString()); // nobody counts: the first entry is open
        Assert.True(answer.GetProperty("lag_seconds").GetDouble() > 0);
        Assert.Equal(3, answer.GetProperty("count").GetInt32());
        Assert.True(answer.GetProperty("complete").GetBoolean());
        Assert.Equal(2, answer.GetProperty("scanned_entries").GetInt32());
        Assert.Equal(
            [
                """{"id":"1763805600001-0","index":1,"event_type":"refund","user_id":"u","session_id":"s","ts":"2025-11-22T10:00:00.001Z","arrived":"2025-11-22T10:00:00.001Z","fields":{}}""",
                """{"id":"1763805600001-0","index":0,"event_type":"buy","event_id":"e1","value":19.99,"ts":"2025-11-22T10:00:00.000Z","arrived":"2025-11-22T10:00:00.001Z","fields":{}}""",
                """{"id":"1763805600000-1","index":0,"event_type":"view","product":"laptop","ts":"2025-11-22T09:59:59.000Z","arrived":"2025-11-22T10:00:00.000Z","fields":{"color":"red"}}""",
            ],
            answer.GetProperty("items").EnumerateArray().Select(item => item.GetRawText()));
    }

    [Fact]
    public async Task A_limit_and_a_filter_are_kept_over_many_pages()
    {
        var redis = await fixture.SeedAsync();
        await using (var connection = await redis.ConnectAsync())
        {
            await Task.WhenAll(Enumerable.Range(1, 3_000).Select(i => connection.ExecuteAsync(["XADD", "events", $"{i}-0", "event_type", i % 100 == 0 ? "buy" : "view", "n", $"{i}"])));
        }

        await using var host = await ServingHost.StartReadyAsync(redis.Endpoint);

        var some = await host.GetJsonAsync($"{Path}?limit=7");
        var buys = await host.GetJsonAsync($"{Path}?limit=20&where={Uri.EscapeDataString("event_type == 'buy'")}");
        var none = await host.GetJsonAsync($"{Path}?where={Uri.EscapeDataString("event_type == 'nothing'")}");

        Assert.Equal(["3000", "2999", "2998", "2997", "2996", "2995", "2994"], Numbers(some));
        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"{3000 - (i * 100)}"), Numbers(buys));
        Assert.Equal(0, none.GetProperty("count").GetInt32());
        Assert.Equal(3_000, none.GetProperty("scanned_entries").GetInt32());
        Assert.True(none.GetProperty("complete").GetBoolean());
    }

    [Fact]
    public async Task A_search_ends_at_its_bound_and_says_so()
    {
        var redis = await fixture.SeedAsync();
        await using (var connection = await redis.ConnectAsync())
        {
            await Task.WhenAll(Enumerable.Range(1, 6_000).Select(i => connection.ExecuteAsync(["XADD", "events", $"{i}-0", "event_type", "view"])));
        }

        await using var host = await ServingHost.StartReadyAsync(redis.Endpoint);

        var answer = await host.GetJsonAsync($"{Path}?where={Uri.EscapeDataString("event_type == 'nothing'")}");

        Assert.False(answer.GetProperty("complete").GetBoolean());
        Assert.Equal(5_000, answer.GetProperty("scanned_entries").GetInt32());
    }

    [Fact]
    public async Task What_cannot_be_counted_is_left_out_and_counted()
    {
        var redis = await fixture.SeedAsync(
            ["XADD", "events", "1-0", "event_type", "view"], ["XADD", "events", "2-0", "event_type", "view", "value", "abc"],
            ["XADD", "events", "3-0", "sg:frame", "no frame at all"], ["XADD", "events", "4-0", "something", "else"]);
        await using (var connection = await redis.ConnectAsync())
        {
            await AppendFrameAsync(connection, "5-0", frame =>
            {
                frame.Add(new EventFields { EventType = "a"u8, TimestampMs = 1 });
                frame.Add(new EventFields { EventType = ""u8, TimestampMs = 1 });
                frame.Add(new EventFields { EventType = "c"u8, TimestampMs = 1 });
            });
        }

        await using var host = await ServingHost.StartReadyAsync(redis.Endpoint);

        var answer = await host.GetJsonAsync(Path);

        Assert.Equal(["c:2", "a:0", "view:0"], answer.GetProperty("items").EnumerateArray().Select(item => $"{item.GetProperty("event_type").GetString()}:{item.GetProperty("index").GetInt32()}"));
        Assert.Equal(4, answer.GetProperty("faulty_events").GetInt64());
    }

    [Fact]
    public async Task Hostile_text_stays_text()
    {
        string[] hostile = ["\"}],\"x\":[{\"", "<script>alert(1)</script>", "\u202Eright to left", "line\nbreak\t\u001b[2J", "\\u0022"];
        var redis = await fixture.SeedAsync([.. hostile.Select((text, i) => (string[])["XADD", "events", $"{i + 1}-0", "event_type", "x", text.Replace("\n", "", StringComparison.Ordinal).Replace("\u001b", "", StringComparison.Ordinal).Replace("\t", "", StringComparison.Ordinal), text])]);
        await using var host = await ServingHost.StartReadyAsync(redis.Endpoint);

        var raw = await host.Client.GetStringAsync(new Uri(Path, UriKind.Relative));
        var answer = await host.GetJsonAsync(Path);

        Assert.DoesNotContain("<", raw, StringComparison.Ordinal);
        Assert.DoesNotContain("\u202E", raw, StringComparison.Ordinal);
        Assert.DoesNotContain("\n", raw, StringComparison.Ordinal);
        Assert.Equal(hostile.Reverse(), answer.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("fields").EnumerateObject().Single().Value.GetString()));
    }

    [Theory]
    [InlineData("?limit=0", "invalid-parameter")]
    [InlineData("?limit=1001", "invalid-parameter")]
    [InlineData("?count=1", "unknown-parameter")]
    [InlineData("?where=", "invalid-parameter")]
    [InlineData("?where=event_type+==", "invalid-filter")]
    public async Task A_wrong_parameter_is_refused(string query, string type)
    {
        var redis = await fixture.SeedAsync();
        await using var host = await ServingHost.StartReadyAsync(redis.Endpoint);

        var problem = await host.GetJsonAsync(Path + query, HttpStatusCode.BadRequest);

        Assert.Equal($"urn:streamgauge:problem:{type}", problem.GetProperty("type").GetString());
    }

    private static IEnumerable<string> Numbers(JsonElement answer) => answer.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("fields").GetProperty("n").GetString()!);

    private static async Task AppendFrameAsync(RespConnection connection, string id, Action<FrameWriter> fill)
    {
        var writer = new FrameWriter();
        fill(writer);
        await connection.ExecuteAsync(new RespCommand("XADD", "events", id, "sg:frame").Add(writer.Seal().ToArray()));
    }
}
