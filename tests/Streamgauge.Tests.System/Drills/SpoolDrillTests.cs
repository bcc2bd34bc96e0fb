using System.Text;
using Streamgauge.Events;
using Streamgauge.TestKit;

namespace Streamgauge.Tests.System;

/// <summary>A sender that is killed while it spools, as a real process, and the next start over what it left.</summary>
public sealed class SpoolDrillTests
{
    private const int Lines = 400_000;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Sender_killed_in_an_outage_leaves_a_spool_that_the_next_start_sends_once_and_in_order(bool plain)
    {
        var folder = Directory.CreateTempSubdirectory("sg-").FullName;
        await using var redis = await RedisServer.StartAsync(new RedisServerOptions { AppendOnly = true });
        try
        {
            var file = Path.Combine(folder, "events.ndjson");
            await File.WriteAllLinesAsync(file, Enumerable.Range(0, Lines).Select(number => $$"""{"event_id":"{{number}}","event_type":"click","product":"{{Guid.NewGuid()}}"}"""));
            var spool = Path.Combine(folder, "spool");
            string[] sender = ["--redis", redis.Endpoint.ToString(), "--buffer", "2mb", "--spool", spool];

            await using (var first = StreamgaugeProcess.Start(["replay", file, "--rate", "40000", .. sender, .. plain ? ["--plain"] : Array.Empty<string>()]))
            {
                await Eventually.Async(async () => (await StoredAsync(redis)).Count >= 5_000, "events arrive");
                redis.Kill();
                await Eventually.Async(() => SpoolBytes(spool) > 3 * 1024 * 1024, "the sender spools");
                Assert.False(first.HasExited);
                first.Kill();
            }

            await redis.RestartAsync();
            var before = await StoredAsync(redis);
            var second = await StreamgaugeProcess.RunAsync("produce", "--count", "500", "--redis", redis.Endpoint.ToString(), "--spool", spool);
            Assert.Equal(0, second.ExitCode);
            Assert.Contains("events of an earlier process", second.Errors, StringComparison.Ordinal);
            Assert.Equal(0, SpoolBytes(spool));

            var stored = await StoredAsync(redis);
            var replayed = stored[..^500]; // what the second process made comes behind it
            Assert.True(replayed.Count > before.Count + 10_000, $"{replayed.Count - before.Count} events came from the spool");
            Assert.Equal(Enumerable.Range(0, replayed.Count).Select(number => number.ToString()), replayed);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_spool_in_use_is_refused_in_one_sentence()
    {
        var folder = Directory.CreateTempSubdirectory("sg-").FullName;
        await using var redis = await RedisServer.StartAsync();
        try
        {
            string[] sender = ["--redis", redis.Endpoint.ToString(), "--spool", folder];
            await using var first = StreamgaugeProcess.Start(["produce", "--rate", "100", .. sender]);
            await Eventually.Async(async () => (await StoredAsync(redis)).Count > 0, "the first one sends");
            var second = await StreamgaugeProcess.RunAsync(["produce", "--count", "1", .. sender]);
            Assert.Equal((1, ""), (second.ExitCode, second.Output));
            Assert.Contains("is in use by another sender: give each its own --spool folder.", second.Errors, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_durability_that_Redis_does_not_give_is_refused_with_the_remedy()
    {
        await using var redis = await RedisServer.StartAsync();
        var refused = await StreamgaugeProcess.RunAsync("produce", "--count", "1", "--durability", "always", "--redis", redis.Endpoint.ToString());
        Assert.Equal(4, refused.ExitCode);
        Assert.Contains("CONFIG SET appendonly yes appendfsync always", Assert.Single(refused.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    private static long SpoolBytes(string folder) => Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.spool").Sum(file => new FileInfo(file).Length) : 0;

    /// <summary>Ids of all events in the stream, in its order.</summary>
    private static async Task<List<string>> StoredAsync(RedisServer redis)
    {
        await using var connection = await redis.ConnectAsync();
        var ids = new List<string>();
        var batch = new EventBatch(["event_id"]);
        var frames = new FrameDecoder(batch);
        var from = "-";
        while (true)
        {
            var entries = (await connection.ExecuteAsync(["XRANGE", "events", from, "+", "COUNT", "20000"])).Items;
            if (entries.Count == 0) return ids;
            foreach (var entry in entries)
            {
                from = "(" + entry[0].AsText();
                if (entry[1].Get("event_id") is { } plain)
                {
                    ids.Add(plain.AsText());
                    continue;
                }

                batch.Clear();
                Assert.Equal(EventFault.None, frames.Decode(entry[1][1].AsBytes().Span, long.MaxValue));
                var column = batch.Column("event_id");
                for (var i = 0; i < batch.Count; i++) ids.Add(Encoding.UTF8.GetString(column.Symbols[column[i]]));
            }
        }
    }
}
