using System.Globalization;
using Streamgauge.Resp;
using Streamgauge.Views;

namespace Streamgauge.Streams;

/// <summary>Brings the views of a stream to what is declared, while it is counted.</summary>
/// <remarks>Safe to stop at any point and to run again, by whomever: it goes on where it stopped.</remarks>
public sealed class CatalogEditor(RespConnection connection, StreamKeys keys, string group)
{
    internal static readonly TimeSpan StaleAfter = TimeSpan.FromMinutes(1); // as in the function library: who has not moved on for so long is gone

    /// <summary>What applying a declaration would do now.</summary>
    public async Task<CatalogPlan> PlanAsync(IReadOnlyList<ViewDefinition> declared, bool drops, CancellationToken cancellationToken) =>
        new(await StoredCatalog.ReadAsync(connection, keys, cancellationToken), declared, drops);

    /// <summary>Applies a declaration.</summary>
    /// <param name="drops">Whether views that are counted and not declared are dropped with all their counts; otherwise they are kept.</param>
    /// <exception cref="CatalogBusyException">Another process is changing the views.</exception>
    /// <exception cref="CatalogException">They cannot be changed so, or another process changed them meanwhile.</exception>
    public async Task ApplyAsync(IReadOnlyList<ViewDefinition> declared, bool drops, Action<RebuildProgress> report, CancellationToken cancellationToken)
    {
        var current = await EndInterruptedAsync(declared, report, cancellationToken);
        var plan = new CatalogPlan(current, declared, drops);
        var nowMs = (await RetainedStream.ReadClockAsync(connection, cancellationToken)).ToUnixTimeMilliseconds();
        var sinceMs = (await RetainedStream.ReadOldestAsync(connection, keys, cancellationToken)).ArrivalMs;
        var target = plan.Target(current.Version, sinceMs, nowMs);
        if (target.Views.Count > ViewLimits.ViewsMax)
            throw new CatalogException($"{target.Views.Count} views would be counted, those that are no longer declared among them; {ViewLimits.ViewsMax} are allowed. Drop some: `streamgauge views apply --drop`.");
        if (plan.NeedsBuilding)
        {
            var (building, seam) = await SetAsync(plan.Building(sinceMs), "BEGIN", cancellationToken);
            var buried = await BuriedEntries.ReadAsync(connection, keys, cancellationToken);
            await new ViewBackfill(connection, keys, building, Seam.Parse(seam), buried).RunAsync(default, report, cancellationToken);
            await SetAsync(target with { Version = building.Version }, "FINISH", cancellationToken);
        }
        else if (!plan.IsEmpty)
        {
            await SetAsync(target, "SET", cancellationToken);
        }

        await TidyAsync(cancellationToken);
    }

    /// <summary>Goes on with a rebuild whose process is gone, or gives it up when its views are not wanted any more.</summary>
    /// <returns>The catalog then, without views that are being built.</returns>
    private async Task<ViewCatalog> EndInterruptedAsync(IReadOnlyList<ViewDefinition> declared, Action<RebuildProgress> report, CancellationToken cancellationToken)
    {
        var state = await connection.ExecuteAsync(["HMGET", keys.Meta, "rebuild_seam", "rebuild_cursor", "rebuild_touched_ms"], cancellationToken);
        var catalog = await StoredCatalog.ReadAsync(connection, keys, cancellationToken);
        if (state[0].IsNull)
        {
            // Given up by housekeeping, or lost with what Redis lost: whatever was being built is begun anew.
            return catalog with { Views = [.. catalog.Views.Where(view => view.State == CatalogState.Active)] };
        }

        var idle = await RetainedStream.ReadClockAsync(connection, cancellationToken) - DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(state[2].AsText(), CultureInfo.InvariantCulture));
        if (idle < StaleAfter) throw new CatalogBusyException(idle < TimeSpan.Zero ? TimeSpan.Zero : idle, StaleAfter);
        var isWanted = catalog.Views.Where(view => view.State == CatalogState.Building).All(view => declared.Any(other => other.CountsLike(view.Definition)));
        if (!isWanted) return (await SetAsync(CatalogPlan.Abandon(catalog), "ABANDON", cancellationToken)).Catalog;

        if (!StreamEntryId.TryParse(state[1].AsBytes().Span, out var cursor)) throw new FormatException($"'rebuild_cursor' in {keys.Meta} is no entry id.");
        var buried = await BuriedEntries.ReadAsync(connection, keys, cancellationToken);
        await new ViewBackfill(connection, keys, catalog, Seam.Parse(state[0].AsText()), buried).RunAsync(cursor, report, cancellationToken);
        return (await SetAsync(CatalogPlan.Finish(catalog), "FINISH", cancellationToken)).Catalog;
    }

    private async Task<(ViewCatalog Catalog, string Seam)> SetAsync(ViewCatalog catalog, string step, CancellationToken cancellationToken)
    {
        var reply = await connection.ExecuteAsync(
            ["FCALL", "sg_set_views_v1", "3", keys.Stream, keys.Meta, keys.Views, group, catalog.Version.ToString(CultureInfo.InvariantCulture), catalog.ToJson(), step], cancellationToken);
        return reply[0].AsText() switch
        {
            "OK" => (catalog with { Version = reply[1].AsInteger() }, reply[2].AsText()),
            "BUSY" => throw new CatalogBusyException(TimeSpan.FromMilliseconds(Math.Max(0, reply[2].AsInteger())), StaleAfter),
            "UNFINISHED" => throw new CatalogException("Redis lost a part of what was counted for the new views (a failover, or a restart). Nothing was put in place; run this again."),
            _ => throw new CatalogException("Another process changed the views at the same moment. Nothing was changed; look at `streamgauge views plan` and run this again."),
        };
    }

    /// <summary>Deletes the keys of generations that are not counted any more, and lets the others expire as their views say now.</summary>
    /// <remarks>No commit can write to what is deleted: it would be refused.</remarks>
    private async Task TidyAsync(CancellationToken cancellationToken)
    {
        var catalog = await StoredCatalog.ReadAsync(connection, keys, cancellationToken);
        var cursor = "0";
        do
        {
            var page = await connection.ExecuteAsync(["ZSCAN", keys.Buckets, cursor, "COUNT", "500"], cancellationToken);
            cursor = page[0].AsText();
            var calls = new List<Task>();
            foreach (var name in page[1].Items.Chunk(2).Select(pair => pair[0].AsText()))
            {
                if (!BucketIdentity.TryParse(name, out var bucket) || bucket.Generation > catalog.Generations) continue; // not of a declared view, or begun since we read the catalog
                var view = catalog.Views.FirstOrDefault(view => view.Definition.Name == bucket.View && view.Generation == bucket.Generation)?.Definition;
                if (view?.Sessions is not null) continue; // housekeeping forgets sessions one by one
                var tier = view?.Tiers.FirstOrDefault(tier => tier.Name == bucket.Tier);
                if (tier is null)
                {
                    // In this order: a name whose key is gone is forgotten by housekeeping, a key whose name is gone by nobody.
                    calls.Add(connection.ExecuteAsync(["UNLINK", keys.BucketKey(name)], cancellationToken));
                    calls.Add(connection.ExecuteAsync(["ZREM", keys.Buckets, name], cancellationToken));
                }
                else if (tier.Every is not null)
                {
                    calls.Add(connection.ExecuteAsync(["PEXPIREAT", keys.BucketKey(name), tier.BucketExpiryMs(bucket.StartMs).ToString(CultureInfo.InvariantCulture)], cancellationToken));
                }
            }

            await Task.WhenAll(calls);
        }
        while (cursor != "0");
    }
}

/// <summary>The views cannot be changed as asked.</summary>
public sealed class CatalogException(string message) : Exception(message);

/// <summary>Another process is changing the views of this stream.</summary>
public sealed class CatalogBusyException(TimeSpan idle, TimeSpan staleAfter)
    : Exception($"Another process is changing the views of this stream (last sign {idle.TotalSeconds:0} s ago). Wait for it, or, if it is gone, run this again after {staleAfter.TotalSeconds:0} s: it then goes on where that stopped.");
