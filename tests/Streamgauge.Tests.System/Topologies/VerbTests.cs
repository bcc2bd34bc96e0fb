using System.Text.Json;
using Streamgauge.Resp;
using Streamgauge.TestKit;

namespace Streamgauge.Tests.System;

/// <summary>Every verb takes the address of a topology where it takes that of a server.</summary>
public class VerbTests
{
    [Fact]
    public async Task All_verbs_work_behind_sentinels()
    {
        await using var servers = await SentinelSetup.StartAsync();
        await RunAllAsync(servers.Endpoint);
    }

    [Fact]
    public async Task All_verbs_work_in_a_cluster_on_streams_of_different_slots()
    {
        await using var servers = await ClusterSetup.StartAsync();
        await RunAllAsync(servers.Endpoint, "--stream", "events");
        await RunAllAsync(servers.Endpoint, "--stream", "other:orders");
        Assert.NotEqual(HashSlot.Of("events") * 3 / HashSlot.Count, HashSlot.Of("other:orders") * 3 / HashSlot.Count); // and of different masters
    }

    private static async Task RunAllAsync(RedisEndpoint endpoint, params string[] stream)
    {
        string[] redis = ["--redis", endpoint.ToString(), .. stream];
        var folder = Directory.CreateTempSubdirectory("sg-");
        try
        {
            var views = Path.Combine(folder.FullName, "views.json");
            await File.WriteAllTextAsync(views, """{ "views": [ { "name": "sales", "group_by": ["product"], "window": ["1d", "all"] } ] }""");
            var events = Path.Combine(folder.FullName, "events.ndjson");
            await File.WriteAllLinesAsync(events, Enumerable.Range(0, 50).Select(number => $$"""{"event_type":"view","product":"p{{number}}"}"""));

            await using var up = StreamgaugeProcess.Start(["up", "--no-producer", "--port", "0", "--views", views, .. redis]);
            await up.WaitForTextAsync("Streamgauge is up.");
            await SucceedAsync(["produce", "--count", "100", "--rate", "0", .. redis]);
            await SucceedAsync(["replay", events, .. redis]);
            var status = JsonDocument.Parse(await SucceedAsync(["status", "--wait", "10s", "--output", "json", .. redis])).RootElement;
            Assert.Equal(150, status.GetProperty("total_count").GetInt64());
            Assert.Equal(5, (await SucceedAsync(["tail", "--limit", "5", "--output", "json", .. redis])).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
            Assert.True(JsonDocument.Parse(await SucceedAsync(["verify", "--output", "json", .. redis])).RootElement.GetProperty("sound").GetBoolean());
            await SucceedAsync(["views", "plan", views, .. redis]);
            await SucceedAsync(["views", "apply", views, .. redis]);
            await SucceedAsync(["bench", "--events", "2000", "--repeat", "1", "--duration", "1s", "--rate", "1000", "--redis", endpoint.ToString()]);
            up.Interrupt();
            Assert.Equal(0, await up.WaitForExitAsync());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<string> SucceedAsync(string[] arguments)
    {
        var result = await StreamgaugeProcess.RunAsync(arguments);
        Assert.True(result.ExitCode == 0, $"{string.Join(' ', arguments)}: {result.ExitCode} {result.Errors}");
        return result.Output;
    }
}
