using System.Diagnostics;
using Streamgauge.Resp;
using Streamgauge.Streams;

namespace Streamgauge.Cli;

/// <summary>Prints events as they arrive. A person gets what can be read and the number of the rest; a pipe gets everything, and slows us down if it must.</summary>
internal static class TailFollower
{
    private const int WatchedPerTick = 20; // 200 a second: faster than anybody reads
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan BehindMax = TimeSpan.FromSeconds(2);

    /// <param name="isWatched">Whether a person watches: then events are dropped rather than shown late.</param>
    public static async Task RunAsync(RespConnection connection, NewEventsReader reader, TailPrinter printer, bool isWatched, CancellationToken stopping)
    {
        var items = new List<TailedEvent>();
        var hidden = 0L;
        while (true)
        {
            items.Clear();
            var began = Stopwatch.GetTimestamp();
            var passed = await reader.ReadAsync(connection, isWatched ? WatchedPerTick : int.MaxValue, items, stopping);
            foreach (var item in items) printer.Print(item);
            hidden += passed - items.Count;
            if (isWatched)
            {
                hidden += await PassTickAsync(connection, reader, began, stopping);
                if (hidden > 0) printer.Note($"… {hidden:N0} more not shown");
                hidden = 0;
                if (IsBehind(reader))
                {
                    await reader.SkipToEndAsync(connection, stopping);
                    printer.Note("… skipped ahead to the newest");
                }
            }

            await printer.FlushAsync();
        }
    }

    // What arrives during the rest of the tick is read all the same, so that it can be counted and nothing piles up.
    private static async Task<long> PassTickAsync(RespConnection connection, NewEventsReader reader, long began, CancellationToken stopping)
    {
        var hidden = 0L;
        var unseen = new List<TailedEvent>();
        while (reader.IsBehind && Stopwatch.GetElapsedTime(began) < Tick) hidden += await reader.ReadAsync(connection, room: 0, unseen, stopping);
        var left = Tick - Stopwatch.GetElapsedTime(began);
        if (left > TimeSpan.Zero) await Task.Delay(left, stopping);
        return hidden;
    }

    private static bool IsBehind(NewEventsReader reader) =>
        reader.IsBehind && DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() - reader.After.ArrivalMs > BehindMax.TotalMilliseconds;
}
