using System.Globalization;
using Streamgauge.Streams.Tests.Declared;
using Streamgauge.Views;

namespace Streamgauge.Streams.Tests.Sessions;

/// <summary>Random events of few ids, close enough together that batches join sessions all the time. One id goes on for hours, longer than sessions are retained.</summary>
internal static class SessionStream
{
    public const long MinuteMs = 60_000;

    public static readonly ViewDefinition Visits = DeclaredViewTests.Views("""{ "name": "visits", "sessions": { "gap": "1m" }, "retain": "30m", "filter": "event_type != 'ping'" }""")[0];
    public static readonly ViewDefinition Users = DeclaredViewTests.Views("""{ "name": "users", "sessions": { "by": "user_id", "gap": "10s" }, "retain": "10m" }""")[0];

    /// <summary>Entries with ids of their own, in steps of <paramref name="stepMs"/> up to now; each happened up to 40 minutes before, mostly far less.</summary>
    public static List<(StreamEntryId Id, string[] Fields)> Create(Random random, int count, long nowMs, long stepMs)
    {
        var entries = new List<(StreamEntryId, string[])>();
        for (var i = 0; i < count; i++)
        {
            var arrivalMs = nowMs - ((count - i) * stepMs);
            var delayMs = random.Next(4) switch { 0 => random.NextInt64(40 * MinuteMs), 1 => random.NextInt64(5 * MinuteMs), _ => random.NextInt64(5_000) };
            var fields = new List<string> { "event_type", random.Next(4) == 0 ? "ping" : $"type{random.Next(3)}", "ts", ((arrivalMs - delayMs) / 5_000 * 5_000).ToString(CultureInfo.InvariantCulture) };
            if (random.Next(10) > 0) fields.AddRange(["session_id", $"s{random.Next(30)}"]);
            if (random.Next(10) > 0) fields.AddRange(["user_id", random.Next(20) == 0 ? "größe \"x\"" : $"u{random.Next(20)}"]);
            if (i % 3 == 0) fields = ["event_type", $"type{random.Next(3)}", "ts", (arrivalMs - random.NextInt64(5_000)).ToString(CultureInfo.InvariantCulture), "session_id", "tireless"];
            entries.Add((new StreamEntryId((ulong)arrivalMs, (ulong)(i % 3)), [.. fields]));
        }

        return entries;
    }

    public static async Task AppendAsync(StreamRig rig, IEnumerable<(StreamEntryId Id, string[] Fields)> entries)
    {
        foreach (var (id, fields) in entries) await rig.RunAsync(["XADD", rig.Keys.Stream, id.ToString(), .. fields]);
    }

    /// <summary>Several consumers take turns and commit in any order; one dies now and then, and another takes its entries over.</summary>
    public static async Task CountAsync(StreamRig rig, Random random, ViewCatalog catalog, Func<Task>? between = null)
    {
        var consumers = Enumerable.Range(0, 3).Select(i => rig.Consumer($"c{i}", catalog: catalog)).ToList();
        while ((await rig.StreamGroup.StatusAsync(rig.Redis, CancellationToken.None)).OldestOpen is not null)
        {
            foreach (var consumer in consumers) await consumer.ReadAsync(random.Next(1, 60));
            foreach (var consumer in consumers.OrderBy(_ => random.Next()))
            {
                if (consumer.Batch.Count > 0 && random.Next(4) > 0) await consumer.CommitAsync();
                if (between is not null) await between();
            }

            foreach (var idle in (TimeSpan?[])[null, TimeSpan.Zero]) // its own, then those of the others
            {
                if (random.Next(3) == 0) continue;
                await consumers[0].RecoverAsync(idle, random.Next(1, 200));
                if (consumers[0].Batch.Count > 0) await consumers[0].CommitAsync();
            }
        }
    }
}
