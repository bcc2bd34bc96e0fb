using System.Globalization;
using System.Text;
using Streamgauge.Resp;
using Streamgauge.TestKit;

namespace Streamgauge.Tests.System;

/// <summary>Events from clients that know nothing of Streamgauge: plain <c>XADD</c> by redis-cli, good ones and every kind of bad one.</summary>
public sealed class PlainClientTests : IAsyncLifetime
{
    private RedisServer _redis = null!;

    public async Task InitializeAsync() => _redis = await RedisServer.StartAsync();

    public async Task DisposeAsync() => await _redis.DisposeAsync();

    [Fact]
    public async Task A_hundred_thousand_events_by_redis_cli_are_counted_exactly_and_every_bad_entry_among_them_is_dead_lettered_once()
    {
        const int Good = 100_000;
        var expected = new Counters();
        var commands = new List<byte[][]>();
        var bad = BadEntries.All().ToList();
        for (var i = 0; i < Good; i++)
        {
            commands.Add(GoodEntry(i, expected));
            if (i % (Good / bad.Count) == 0 && i / (Good / bad.Count) < bad.Count) commands.Add(BadEntries.Command(bad[i / (Good / bad.Count)].Fields));
        }

        foreach (var (fields, type, product, session) in BadEntries.Incomplete())
        {
            commands.Add(BadEntries.Command(fields));
            expected.Add(type, product, session, 0);
        }

        await using var processor = StreamgaugeProcess.Start("process", "--processors", "2", "--redis", _redis.Endpoint.ToString());
        var said = await RedisCli.RunAsync(_redis, ["--pipe"], RedisCli.Commands(commands));
        Assert.Contains("errors: 0", said, StringComparison.Ordinal);

        await using var connection = await _redis.ConnectAsync();
        await CountersInRedis.WaitUntilDrainedAsync(connection);
        Assert.Empty(await CountersInRedis.DifferencesAsync(connection, expected, deadEntries: bad.Count));
        await AssertDeadLettersAsync(connection, bad);
        Assert.False(processor.HasExited);
    }

    [Fact]
    public async Task Events_typed_into_redis_cli_are_counted()
    {
        await using var processor = StreamgaugeProcess.Start("process", "--redis", _redis.Endpoint.ToString());
        await RedisCli.RunAsync(_redis, [], """
            XADD events * event_type view product laptop session_id 123 user_id u1 value 1.5 ts 2020-01-01T00:00:00Z
            XADD events * event_type "add to cart" product "gaming laptop" value 2
            XADD events * event_type view

            """u8.ToArray());

        await using var connection = await _redis.ConnectAsync();
        await CountersInRedis.WaitUntilDrainedAsync(connection);
        var expected = new Counters();
        expected.Add("view", "laptop", null, 1_500_000); // its session is older than sessions are kept: late
        expected.Add("add to cart", "gaming laptop", null, 2_000_000);
        expected.Add("view", null, null, 0);
        Assert.Empty(expected.DifferencesTo(await CountersInRedis.ReadAsync(connection)));
        Assert.Equal("1", (await connection.ExecuteAsync(["HGET", "{events}:meta", "late"])).Text);
    }

    private static byte[][] GoodEntry(int i, Counters expected)
    {
        string[] types = ["view", "click", "purchase", "Ünïcode ☃"];
        var type = types[i % types.Length];
        var (product, session, micros) = ($"product-{i % 97}", $"s{i % 1_009}", i * 10_000L);
        expected.Add(type, product, session, micros);
        string[] fields =
        [
            "XADD", "events", "*", "event_id", $"e{i}", "event_type", type, "product", product, "session_id", session, "user_id", $"u{i % 331}",
            "value", (micros / 1_000_000m).ToString(CultureInfo.InvariantCulture), "ts", DateTimeOffset.UtcNow.ToUnixTimeMilliseconds().ToString(),
        ];
        return [.. fields.Select(Encoding.UTF8.GetBytes)];
    }

    private static async Task AssertDeadLettersAsync(RespConnection connection, List<BadEntry> bad)
    {
        var letters = (await connection.ExecuteAsync(["XRANGE", CountersInRedis.Keys.Dead, "-", "+"])).Items.Select(entry => entry[1]).ToList();
        foreach (var (name, reason, fields) in bad)
        {
            // Which letter belongs to which entry is told by its bytes alone, so they must be whole.
            var letter = Assert.Single(letters, letter => Fields(letter).SequenceEqual(fields.Select(Convert.ToHexString)));
            Assert.True(reason == letter.Get("reason")!.Text, $"{name}: expected {reason}, was {letter.Get("reason")!.Text}");
            Assert.Single((await connection.ExecuteAsync(["XRANGE", "events", letter.Get("origin")!.Text!, letter.Get("origin")!.Text!])).Items);
        }

        static IEnumerable<string> Fields(RespValue letter)
        {
            for (var i = 0; i + 1 < letter.Items.Count; i += 2)
            {
                if (!letter[i].AsText().StartsWith("f:", StringComparison.Ordinal)) continue;
                yield return Convert.ToHexString(letter[i].AsBytes().Span[2..]);
                yield return Convert.ToHexString(letter[i + 1].AsBytes().Span);
            }
        }
    }
}
