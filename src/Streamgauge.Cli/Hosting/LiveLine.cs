using Streamgauge.Producing;
using Streamgauge.Resp;
using Streamgauge.Streams;

namespace Streamgauge.Cli;

/// <summary>One line on the terminal that shows the numbers move. Writes nothing where nobody could see it.</summary>
internal static class LiveLine
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    public static async Task RunAsync(RedisEndpoint endpoint, RedisOptions options, string stream, string group, BufferingSender? sender, CancellationToken stopping)
    {
        if (!ProgressBar.IsInteractive(Console.IsErrorRedirected, Environment.GetEnvironmentVariable)) return;
        await using var client = new RedisClient(endpoint, options);
        var reader = new AggregatesReader(new StreamKeys(stream), group);
        (long Count, DateTimeOffset At)? before = null;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                var snapshot = await reader.ReadAsync(await client.GetAsync(stopping), stopping);
                var rate = before is { } last && snapshot.Group.Now > last.At ? (snapshot.TotalCount - last.Count) / (snapshot.Group.Now - last.At).TotalSeconds : 0;
                before = (snapshot.TotalCount, snapshot.Group.Now);
                await Console.Error.WriteAsync($"\r\e[K{snapshot.TotalCount:N0} events counted, {rate:N0}/s, {snapshot.SessionCount:N0} sessions, {snapshot.Group.Lag.TotalSeconds:0.0} s behind{Spooled(sender)}");
            }
            catch (RedisException)
            {
                await Console.Error.WriteAsync($"\r\e[Kwaiting for Redis{Spooled(sender)}");
            }
            catch (OperationCanceledException)
            {
                break;
            }

            await Task.Delay(Every, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await Console.Error.WriteLineAsync();
    }

    private static string Spooled(BufferingSender? sender) => sender is null ? "" : ProducerHealth.Spooled(sender);
}
