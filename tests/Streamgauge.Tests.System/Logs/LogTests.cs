using System.Text.Json;
using Streamgauge.TestKit;

namespace Streamgauge.Tests.System.Logs;

/// <summary>What real processes log over a real Redis: enough to follow a send, and nothing that is nobody's business.</summary>
public sealed class LogTests
{
    private const string Password = "hunter2-the-password";

    [Fact]
    public async Task One_id_leads_from_the_sender_that_sent_a_frame_to_the_processor_that_committed_it()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var process = StreamgaugeProcess.Start("process", "--redis", redis.Endpoint.ToString(), "--log-level", "Debug");
        await process.WaitForTextAsync(" counts events on ");
        var sender = await StreamgaugeProcess.RunAsync("produce", "--count", "2000", "--rate", "0", "--frame-events", "100", "--redis", redis.Endpoint.ToString(), "--log-level", "Debug");
        var sends = Lines(sender.Errors, 2204);
        Assert.True(sends.Count >= 20, $"{sends.Count} sends are logged");
        await Eventually.Async(() => Lines(process.Errors, 2113).Count == sends.Count, "as many frames are committed");

        var commits = Lines(process.Errors, 2113).ToDictionary(Id, StringComparer.Ordinal);
        var batches = Lines(process.Errors, 2110).Select(line => line.GetProperty("Commit").GetInt64()).ToHashSet();
        foreach (var send in sends)
        {
            var commit = commits[Id(send)];
            Assert.Equal(send.GetProperty("EntryId").GetString(), commit.GetProperty("EntryId").GetString());
            Assert.Contains(commit.GetProperty("Commit").GetInt64(), batches);
        }

        // And for whoever has no JSON at hand: one id, one grep.
        Assert.Contains($"{Id(sends[0])} sent", sender.Errors, StringComparison.Ordinal);
        Assert.Contains($"{Id(sends[0])} committed", process.Errors, StringComparison.Ordinal);

        static string Id(JsonElement state) => $"{state.GetProperty("Producer").GetString()}:{state.GetProperty("Sequence").GetInt64()}";
    }

    [Fact]
    public async Task No_log_line_holds_a_password_or_what_an_event_holds_and_each_is_one_object()
    {
        const string Payload = "private-payload";
        await using var redis = await RedisServer.StartAsync(new RedisServerOptions { UseTcp = true });
        await using (var open = await redis.ConnectAsync()) await open.ExecuteAsync(["CONFIG", "SET", "requirepass", Password]);
        var address = redis.TcpEndpoint.ToString();
        var withPassword = address.Replace("redis://", $"redis://default:{Password}@", StringComparison.Ordinal);
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal) { ["STREAMGAUGE_REDIS_PASSWORD"] = Password };
        await using var process = StreamgaugeProcess.Start(["process", "--redis", address, "--log-level", "Trace"], environment);
        await using var serve = StreamgaugeProcess.Start(["serve", "--port", "0", "--redis", withPassword, "--log-level", "Trace"]);
        await process.WaitForTextAsync(" counts events on ");
        await serve.WaitForTextAsync("/aggregates");

        await using var client = await Resp.RespConnection.ConnectAsync(Resp.RedisEndpoint.Parse(withPassword), new Resp.RedisOptions(), CancellationToken.None);
        string[] hostile = [$"{Payload}\n{{\"LogLevel\":\"Critical\"}}", $"{Payload}\"}}\r\n", $"\e[31m{Payload}", $"{Payload}{{0}}{{Consumer}}"];
        foreach (var value in hostile)
        {
            await client.ExecuteAsync(["XADD", "events", "*", "event_type", value, "product", value, "session_id", value, "note", value]);
            await client.ExecuteAsync(["XADD", "events", "*", "event_type", "click", "value", value]); // a dead letter
            await client.ExecuteAsync(["XADD", "events", "*", "sg:frame", value, "producer", value, "seq", value]); // another
        }

        await Eventually.Async(() => Lines(process.Errors, 2111).Count > 0, "dead letters are said");
        using var api = new HttpClient { BaseAddress = new Uri(serve.Errors[serve.Errors.IndexOf("http://", StringComparison.Ordinal)..].Split("/aggregates")[0]) };
        foreach (var path in (string[])[$"/v1/sessions/{Payload}", $"/aggregates?session={Payload}", $"/{Payload}"])
        {
            using var answer = await api.GetAsync(path);
        }

        var sender = await StreamgaugeProcess.RunAsync(["produce", "--count", "100", "--redis", address, "--log-level", "Trace"], environment);
        var refused = await StreamgaugeProcess.RunAsync(["produce", "--count", "1", "--redis", address.Replace("redis://", "redis://default:wrong-" + Password + "@", StringComparison.Ordinal), "--log-level", "Trace"]);
        Assert.Equal((0, 4), (sender.ExitCode, refused.ExitCode));
        redis.Kill(); // errors are said too
        await Eventually.Async(() => process.Errors.Contains("\"EventId\":2301,", StringComparison.Ordinal) && serve.Errors.Contains("\"EventId\":2301,", StringComparison.Ordinal), "the outage is said by both");
        foreach (var log in (string[])[process.Errors, serve.Errors, sender.Errors, refused.Errors, sender.Output])
        {
            Assert.DoesNotContain(Password, log, StringComparison.Ordinal);
            Assert.DoesNotContain(Payload, log, StringComparison.Ordinal);
        }

        foreach (var line in process.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)) Assert.Equal(JsonValueKind.Object, JsonDocument.Parse(line).RootElement.ValueKind);
    }

    /// <summary>The values of all lines of one event.</summary>
    private static List<JsonElement> Lines(string log, int eventId) =>
        [.. log.Split('\n').Where(line => line.Contains($"\"EventId\":{eventId},", StringComparison.Ordinal) && line.EndsWith('}')).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("State"))];
}
