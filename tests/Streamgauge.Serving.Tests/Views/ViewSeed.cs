using Streamgauge.Resp;
using Streamgauge.Streams;
using Streamgauge.Views;

namespace Streamgauge.Serving.Tests;

/// <summary>Writes declared views and their buckets into Redis as commits leave them, without any counting.</summary>
internal sealed class ViewSeed(RespConnection connection) : IAsyncDisposable
{
    private readonly StreamKeys _keys = new("events");
    private long _version;

    /// <summary>Number of the last commit.</summary>
    public long Commits { get; private set; }

    public RespConnection Connection { get; } = connection;

    /// <summary>Counts and sums of value by product, in buckets of a minute, an hour and for ever.</summary>
    public static ViewDefinition Sales { get; } = new()
    {
        Name = "sales",
        Description = "Sales by product",
        GroupBy = ["product"],
        Measures = [Measure.Count, new Measure(MeasureKind.Sum, "value")],
        Tiers = [new Tier(TimeSpan.FromMinutes(1), TimeSpan.FromDays(2)), new Tier(TimeSpan.FromHours(1), TimeSpan.FromDays(30)), Tier.AllTime],
        GroupsMax = 100,
    };

    public static async Task<ViewSeed> StartAsync(TestKit.RedisServer redis, params CatalogView[] views)
    {
        var seed = new ViewSeed(await redis.ConnectAsync());
        await seed.DeclareAsync(views);
        return seed;
    }

    /// <summary>The start of the minute that is this many minutes ago.</summary>
    public static long MinutesAgo(int minutes) => (DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 60_000 * 60_000) - (minutes * 60_000L);

    public static string Time(long unixMs) => DateTimeOffset.FromUnixTimeMilliseconds(unixMs).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'");

    public async Task DeclareAsync(params CatalogView[] views)
    {
        await Connection.ExecuteAsync(["SET", _keys.Views, new ViewCatalog(++_version, views).ToJson()]);
        await Connection.ExecuteAsync(["HSET", _keys.Meta, "views_version", $"{_version}"]);
    }

    /// <summary>One commit: in each bucket, further sales of products.</summary>
    public async Task CommitAsync(params (long MinuteMs, string Product, int Count, long Micros)[] sales)
    {
        Commits++;
        var commands = new List<string[]> { new[] { "MULTI" } };
        foreach (var (minuteMs, product, count, micros) in sales)
        {
            foreach (var tier in Sales.Tiers)
            {
                var name = StreamKeys.BucketName("sales", 1, tier, tier.BucketStartMs(minuteMs));
                commands.Add(["HINCRBY", _keys.BucketKey(name), $"count:{product}", $"{count}"]);
                commands.Add(["HINCRBY", _keys.BucketKey(name), $"sum(value):{product}", $"{micros}"]);
                commands.Add(["ZADD", _keys.Buckets, $"{Commits}", name]);
            }
        }

        commands.Add(["HSET", _keys.Meta, "commits", $"{Commits}"]);
        commands.Add(["EXEC"]);
        await Task.WhenAll(commands.Select(command => Connection.ExecuteAsync(command)));
    }

    public ValueTask DisposeAsync() => Connection.DisposeAsync();
}
