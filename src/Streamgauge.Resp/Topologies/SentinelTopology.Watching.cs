namespace Streamgauge.Resp;

// One loop for each open connection; the sentinel asked is the one that named the master when connecting.
public sealed partial class SentinelTopology
{
    private static readonly TimeSpan WatchPeriod = TimeSpan.FromSeconds(1);

    private protected override async Task WatchAsync(RespConnection connection, RedisEndpoint endpoint, RedisOptions options)
    {
        while (connection.IsOpen)
        {
            var sentinel = Known.InOrder()[0];
            try
            {
                var round = new SearchRound(endpoint, this, options, options.TimeProvider.GetTimestamp(), CancellationToken.None);
                await using var watch = await ConnectToSentinelAsync(round, sentinel);
                await WatchAsync(connection, watch, sentinel, options.TimeProvider);
            }
            catch (RedisException)
            {
                // The next one will know. With none left the connection stays: it may well be the right one.
                Known.Postpone(sentinel);
                await PauseAsync(connection, options.TimeProvider);
            }
        }
    }

    private async Task WatchAsync(RespConnection connection, RespConnection watch, RedisHost sentinel, TimeProvider time)
    {
        var server = new RedisHost(connection.Endpoint.Host!, connection.Endpoint.Port);
        while (connection.IsOpen)
        {
            if (await AskAsync(watch, sentinel, CancellationToken.None) is { } master && master != server)
                connection.CloseAsWrongServer($"sentinel {sentinel} says that {master} is the master");
            await PauseAsync(connection, time);
        }
    }

    private static async Task PauseAsync(RespConnection connection, TimeProvider time)
    {
        using var pause = new CancellationTokenSource(WatchPeriod, time);
        await connection.Closed.WaitAsync(pause.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
