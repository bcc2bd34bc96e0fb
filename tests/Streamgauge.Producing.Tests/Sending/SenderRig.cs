using System.Diagnostics.Metrics;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Streamgauge.Events;
using Streamgauge.Resp;
using Streamgauge.Streams;
using Streamgauge.TestKit;

namespace Streamgauge.Producing.Tests.Sending;

/// <summary>Senders of numbered events, and the numbers that are in the stream.</summary>
internal static class SenderRig
{
    public static readonly StreamKeys Keys = new("events");
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static BufferingSender Start(RedisEndpoint redis, Action<SenderOptions>? change = null, SenderMetrics? metrics = null)
    {
        var options = new SenderOptions { Redis = redis };
        change?.Invoke(options);
        return new BufferingSender(options, metrics ?? Metrics(), NullLogger<BufferingSender>.Instance, TimeProvider.System);
    }

    public static SenderMetrics Metrics() => new(new Meters());

    public static bool TryAdd(BufferingSender sender, int number) => sender.TryAdd(new EventFields
    {
        EventType = "click"u8,
        EventId = Encoding.UTF8.GetBytes($"{number}"),
        TimestampMs = 1_763_000_000_000,
    });

    public static async Task AddAsync(BufferingSender sender, int first, int count)
    {
        for (var number = first; number < first + count; number++)
        {
            while (!TryAdd(sender, number)) await sender.WaitForRoomAsync(CancellationToken.None);
        }
    }

    /// <summary>The numbers of all events in the stream, in its order.</summary>
    public static async Task<List<int>> StoredAsync(RedisServer server)
    {
        await using var redis = await server.ConnectAsync();
        var numbers = new List<int>();
        var batch = new EventBatch(["event_id"]);
        var frames = new FrameDecoder(batch);
        foreach (var entry in (await redis.ExecuteAsync(["XRANGE", Keys.Stream, "-", "+"])).Items)
        {
            if (entry[1].Get("event_id") is { } plain)
            {
                numbers.Add((int)plain.AsInteger());
                continue;
            }

            batch.Clear();
            Assert.Equal(EventFault.None, frames.Decode(entry[1][1].AsBytes().Span, long.MaxValue));
            var ids = batch.Column("event_id");
            for (var i = 0; i < batch.Count; i++) numbers.Add(int.Parse(ids.Symbols[ids[i]], System.Globalization.CultureInfo.InvariantCulture));
        }

        return numbers;
    }

    private sealed class Meters : IMeterFactory
    {
        public Meter Create(MeterOptions options) => new(options);

        public void Dispose()
        {
        }
    }
}
