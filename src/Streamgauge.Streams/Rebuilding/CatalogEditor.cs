using System.Globalization;
using System.Text;
using Streamgauge.Resp;
using Streamgauge.Views;

namespace Streamgauge.Streams;

/// <summary>Brings the views of a stream to what is declared, while it is counted.</summary>
/// <remarks>Safe to stop at any point and to run again, by whomever: it goes on where it stopped.</remarks>
public sealed class CatalogEditor(RespConnection connection, StreamKeys keys, string group)
{
    private static readonly TimeSpan StaleAfter = TimeSpan.FromMinutes(1); // as in the function library: who has not moved on for so long is gone

    /// <summary>What applying a declaration would do now.</summary>
    public async Task<CatalogPlan> PlanAsync(IReadOnlyList<ViewDefinition> declared, bool drops, CancellationToken cancellationToken) =>
        new(await StoredCatalog.ReadAsync(connection, keys, cancellationToken), declared, drops);

    /// <summary>Applies a declaration.</summary>
    /// <param name="drops">Whether views that are counted and not declared are dropped with all their counts; otherwise they are kept.</param>
    /// <exception cref="CatalogBusyException">Another process is changing the views.</exception>
    /// <exception cref="RebuildTakenOverException">Another process changed them meanwhile.</exception>
    public async Task ApplyAsync(IReadOnlyList<ViewDefinition> declared, bool drops, Action<RebuildProgress> report, CancellationToken cancellationToken)
    {
        await FinishInterruptedAsync(report, cancellationToken);
        var current = await StoredCatalog.ReadAsync(connection, keys, cancellationToken);
        var plan = new CatalogPlan(current, declared, drops);
        if (plan.NeedsBuilding)
        {
            var sinceMs = await ReadSinceAsync(cancellationToken);
            var building = plan.Building(sinceMs);
            var seam = await SetAsync(current.Version, building, "BEGIN", cancellationToken);
            await BackfillAsync(building, seam, default, report, cancellationToken);
            await SetAsync(building.Version, plan.Target(building.Version, sinceMs), "FINISH", cancellationToken);
        }
        else if (!plan.IsEmpty)
        {
            await SetAsync(current.Version, plan.Target(current.Version, sinceMs: 0), "SET", cancellationToken);
        }

        await SweepAsync(cancellationToken);
    }

    /// <summary>Goes on with a rebuild whose process is gone.</summary>
    private async Task FinishInterruptedAsync(Action<RebuildProgress> report, CancellationToken cancellationToken)
    {
        var state = await connection.ExecuteAsync(["HMGET", keys.Meta, "rebuild_seam", "rebuild_cursor", "rebuild_touched_ms"], cancellationToken);
        if (state[0].IsNull) return;
        var time = await connection.ExecuteAsync(["TIME"], cancellationToken);
        var idle = TimeSpan.FromMilliseconds((time[0].AsInteger() * 1000) - long.Parse(state[2].AsText(), CultureInfo.InvariantCulture));
        if (idle < StaleAfter) throw new CatalogBusyException(idle, StaleAfter);
        var building = await StoredCatalog.ReadAsync(connection, keys, cancellationToken);
        if (!StreamEntryId.TryParse(state[1].AsBytes().Span, out var cursor)) throw new FormatException($"'rebuild_cursor' in {keys.Meta} is no entry id.");
        await BackfillAsync(building, state[0].AsText(), cursor, report, cancellationToken);
        await SetAsync(building.Version, CatalogPlan.Finish(building), "FINISH", cancellationToken);
    }

    private async Task BackfillAsync(ViewCatalog building, string seam, StreamEntryId cursor, Action<RebuildProgress> report, CancellationToken cancellationToken)
    {
        var buried = await ReadBuriedAsync(cancellationToken);
        await new ViewBackfill(connection, keys, building, Seam.Parse(seam), buried).RunAsync(cursor, report, cancellationToken);
    }

    private async Task<string> SetAsync(long version, ViewCatalog catalog, string step, CancellationToken cancellationToken)
    {
        var reply = await connection.ExecuteAsync(
            ["FCALL", "sg_set_views_v1", "3", keys.Stream, keys.Meta, keys.Views, group, version.ToString(CultureInfo.InvariantCulture), catalog.ToJson(), step], cancellationToken);
        return reply[0].AsText() == "OK" ? reply[2].AsText() : throw new CatalogBusyException(TimeSpan.Zero, StaleAfter);
    }

    /// <summary>Arrival of the oldest entry still there; 0 when the stream still has everything it ever had.</summary>
    private async Task<long> ReadSinceAsync(CancellationToken cancellationToken)
    {
        if ((await connection.ExecuteAsync(["EXISTS", keys.Stream], cancellationToken)).AsInteger() == 0) return 0;
        var info = await connection.ExecuteAsync(["XINFO", "STREAM", keys.Stream], cancellationToken);
        var fields = info.Items.Chunk(2).ToDictionary(pair => pair[0].AsText(), pair => pair[1], StringComparer.Ordinal);
        if (fields["entries-added"].AsInteger() == fields["length"].AsInteger()) return 0;
        var first = await connection.ExecuteAsync(["XRANGE", keys.Stream, "-", "+", "COUNT", "1"], cancellationToken);
        var id = first.Items.Count > 0 ? first[0][0].AsText() : fields["last-generated-id"].AsText();
        return StreamEntryId.TryParse(Encoding.UTF8.GetBytes(id), out var parsed) ? parsed.ArrivalMs : 0;
    }

    /// <summary>Whole entries that were dead-lettered unseen. Those that could not be decoded need no list: they cannot be decoded now either.</summary>
    private async Task<HashSet<StreamEntryId>> ReadBuriedAsync(CancellationToken cancellationToken)
    {
        const int Page = 200; // a dead letter may be large
        var buried = new HashSet<StreamEntryId>();
        var after = "-";
        while (true)
        {
            var letters = await connection.ExecuteAsync(["XRANGE", keys.Dead, after, "+", "COUNT", Page.ToString(CultureInfo.InvariantCulture)], cancellationToken);
            foreach (var letter in letters.Items)
            {
                // origin, index and reason come first, in this order.
                if (letter[1][3].AsText() == "-1" && DeadLetter.ReasonsOfEntries.Contains(letter[1][5].AsText()) && StreamEntryId.TryParse(letter[1][1].AsBytes().Span, out var origin)) buried.Add(origin);
                after = "(" + letter[0].AsText();
            }

            if (letters.Items.Count < Page) return buried;
        }
    }

    // sales.3:1m:1763805600000 is of generation 3. One above the version we know was begun since we read it.
    private static long GenerationOf(string name)
    {
        var head = name[..name.IndexOf(':')];
        return long.TryParse(head[(head.LastIndexOf('.') + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var generation) ? generation : long.MaxValue;
    }

    /// <summary>Deletes the keys of generations that are not counted any more. No commit can write to them: theirs would be refused.</summary>
    private async Task SweepAsync(CancellationToken cancellationToken)
    {
        var catalog = await StoredCatalog.ReadAsync(connection, keys, cancellationToken);
        var counted = catalog.Views.Select(view => $"{view.Definition.Name}.{view.Generation}").ToHashSet(StringComparer.Ordinal);
        var cursor = "0";
        do
        {
            var page = await connection.ExecuteAsync(["ZSCAN", keys.Buckets, cursor, "COUNT", "500"], cancellationToken);
            cursor = page[0].AsText();
            foreach (var name in page[1].Items.Chunk(2).Select(pair => pair[0].AsText()))
            {
                if (name == "aggregates" || counted.Contains(name[..name.IndexOf(':')]) || GenerationOf(name) > catalog.Version) continue;
                await connection.ExecuteAsync(["UNLINK", keys.BucketKey(name)], cancellationToken);
                await connection.ExecuteAsync(["ZREM", keys.Buckets, name], cancellationToken);
            }
        }
        while (cursor != "0");
    }
}

/// <summary>Another process is changing the views of this stream.</summary>
public sealed class CatalogBusyException(TimeSpan idle, TimeSpan staleAfter)
    : Exception($"Another process is changing the views of this stream (last sign {idle.TotalSeconds:0} s ago). Wait for it, or, if it is gone, run this again after {staleAfter.TotalSeconds:0} s: it then goes on where that stopped.");
