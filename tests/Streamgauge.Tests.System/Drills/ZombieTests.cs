using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Streamgauge.Producing;
using Streamgauge.TestKit;

namespace Streamgauge.Tests.System;

/// <summary>A processor that is paused with entries in hand until a peer has counted them, and then comes back.</summary>
public sealed partial class ZombieTests
{
    private const int RoundsMax = 30; // after a pause the read that ran may be found timed out, and then nothing is in doubt

    [Fact]
    public async Task Processor_resumed_after_its_entries_were_taken_over_adds_nothing_twice_and_counts_what_it_missed()
    {
        await using var redis = await RedisServer.StartAsync(new RedisServerOptions { AppendOnly = true });
        await using var connection = await redis.ConnectAsync();
        var port = FreePort();
        await using var zombie = Process(redis, "zombie", "--port", port.ToString(CultureInfo.InvariantCulture));
        await using var peer = Process(redis, "peer");
        await zombie.WaitForTextAsync(" counts events on ");
        await peer.WaitForTextAsync(" counts events on ");
        await using var load = new Load(redis.Endpoint, new GeneratorOptions { Rate = 4_000 }, plain: true, eventsPerSend: 20);

        using var http = new HttpClient();
        var takenOver = 0;
        for (var round = 0; round < RoundsMax && await MissingAsync() == 0; round++)
        {
            zombie.Pause();
            if (await HeldAsync() > 0)
            {
                await Eventually.Async(async () => await HeldAsync() == 0, "the peer takes over what the paused one holds");
                takenOver++;
            }

            zombie.Resume();
            await Eventually.Async(IsBackAsync, "the resumed one reads again");
        }

        var sent = await load.StopAsync();
        await CountersInRedis.WaitUntilDrainedAsync(connection);
        Assert.Empty(await CountersInRedis.DifferencesAsync(connection, sent));
        Assert.True(takenOver > 0, "no pause hit entries in hand: the drill proves nothing");
        Assert.True(await MissingAsync() > 0, "commit_missing_total stayed 0");
        Assert.Contains("(taken_over)", zombie.Errors, StringComparison.Ordinal);
        Assert.Matches("""redis_conditions_total\{condition="taken_over",role="processor"\} [1-9]""", await MetricsAsync());

        async Task<long> HeldAsync() =>
            (await CountersInRedis.StatusAsync(connection)).Consumers.Where(consumer => consumer.Name.StartsWith("zombie-", StringComparison.Ordinal)).Sum(consumer => consumer.Pending);

        async Task<bool> IsBackAsync() =>
            (await CountersInRedis.StatusAsync(connection)).Consumers.Any(consumer => consumer.Name.StartsWith("zombie-", StringComparison.Ordinal) && consumer.Idle < TimeSpan.FromMilliseconds(300));

        async Task<double> MissingAsync() => double.Parse(Missing().Match(await MetricsAsync()).Groups["count"].Value, CultureInfo.InvariantCulture);

        Task<string> MetricsAsync() => http.GetStringAsync(new Uri($"http://127.0.0.1:{port}/metrics"));
    }

    private static StreamgaugeProcess Process(RedisServer redis, string consumer, params string[] more) => StreamgaugeProcess.Start(
        ["process", "--redis", redis.Endpoint.ToString(), "--consumer", consumer, "--claim-after", "1s", "--timeout", "900ms", "--log-json", "false", .. more]);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [GeneratedRegex(@"(?m)^commit_missing_total (?<count>\S+)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Missing();
}
