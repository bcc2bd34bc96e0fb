using Streamgauge.Resp;
using Streamgauge.Streams;

namespace Streamgauge.Processing;

/// <summary>Looks at Redis and the group every few seconds, over a connection of its own: for what the workers would not notice while they work.</summary>
/// <remarks>While Redis is away it keeps still, for the workers say so. What it tells from rising numbers, every process of the group tells.</remarks>
internal sealed class StreamWatch(ProcessorOptions options, WatchMetrics metrics, ConditionWatch conditions, TimeProvider time)
{
    private const double MemoryHighAt = 0.9; // of maxmemory
    private const int LeaseRounds = 3; // a name is free again after so many rounds without its bearer
    private static readonly TimeSpan ClockApartMin = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan IdsAheadMin = TimeSpan.FromSeconds(5);

    private readonly StreamGroup _group = new(new StreamKeys(options.Stream), options.Group);
    private readonly string _token = Guid.NewGuid().ToString("N");
    private GroupWatch? _before;

    public async Task RunAsync(CancellationToken stopping)
    {
        await using var client = new RedisClient(options.Redis, options.Connection);
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await LookAsync(await client.GetAsync(stopping), stopping);
            }
            catch (Exception e) when (e is RedisException or ObjectDisposedException || (e is OperationCanceledException && stopping.IsCancellationRequested))
            {
                metrics.SawNothing(); // the workers met the same, and say so
            }

            await Task.Delay(options.WatchEvery, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await GiveNameBackAsync(client);
    }

    private async Task LookAsync(RespConnection connection, CancellationToken cancellationToken)
    {
        var server = await ServerState.ReadAsync(connection, cancellationToken);
        var ours = time.GetUtcNow();
        var group = await _group.WatchAsync(connection, cancellationToken);
        var offset = group.Now - ours;
        metrics.Saw(server, group, offset);

        var eviction = ServerRequirements.DescribeEviction(server);
        conditions.Holds(Conditions.EvictionPolicy, eviction is not null, $"maxmemory-policy is {server.EvictionPolicy}, {server.EvictedKeys} keys were evicted since the server started");
        conditions.Holds(Conditions.MemoryHigh, server.MemoryBytesMax > 0 && server.MemoryBytes > server.MemoryBytesMax * MemoryHighAt, $"{server.MemoryBytes:N0} of {server.MemoryBytesMax:N0} bytes are used");
        conditions.Holds(Conditions.ClockApart, offset.Duration() > ClockApartMin, $"Redis's is {offset.TotalSeconds:0.0} s ahead of ours");
        var ahead = group.NewestEntry - group.Now;
        conditions.Holds(Conditions.IdsAhead, ahead > IdsAheadMin, $"the newest id is of {group.NewestEntry:u}, {ahead?.TotalSeconds:0} s from now");
        Compare(group);
        if (options.ConsumerName is not { } name) return;
        var isOurs = await _group.LeaseAsync(connection, NameLease(name), _token, options.WatchEvery * LeaseRounds, cancellationToken);
        conditions.Holds(Conditions.SharedConsumer, !isOurs, $"consumer {name}");
    }

    private void Compare(GroupWatch now)
    {
        var before = _before;
        _before = now;
        if (before is null) return;
        if (now.Repeated > before.Repeated) conditions.Happened(Conditions.GroupSetBack, $"{now.Repeated - before.Repeated} entries");
        if (now.Lost > before.Lost) conditions.Happened(Conditions.EntriesLost, $"{now.Lost - before.Lost} entries");
    }

    /// <summary>So that whoever starts next under this name is not warned of us.</summary>
    private async Task GiveNameBackAsync(RedisClient client)
    {
        if (options.ConsumerName is not { } name) return;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1), time);
        try
        {
            await _group.LeaseAsync(await client.GetAsync(patience.Token), NameLease(name), _token, TimeSpan.Zero, patience.Token);
        }
        catch (Exception e) when (e is RedisException or OperationCanceledException)
        {
            // it expires by itself
        }
    }

    private static string NameLease(string consumer) => "consumer:" + consumer;
}
