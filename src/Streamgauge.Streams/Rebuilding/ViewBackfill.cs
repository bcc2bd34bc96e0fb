using System.Diagnostics;
using Streamgauge.Resp;
using Streamgauge.Views;

namespace Streamgauge.Streams;

/// <summary>Counts what lies below the seam of a rebuild, page by page, into the views that are being built.</summary>
internal sealed class ViewBackfill
{
    private const int EntriesInitial = 16;
    private const int EntriesMax = 100; // even of the largest entries, a reply that a client accepts
    private const int EventsMax = 4_000; // a page that holds more is read again in smaller ones: plain entries may be followed by frames
    private const int CellsWished = 3_000; // what a step may touch, as for commits: Redis serves nobody else meanwhile

    private readonly RespConnection _connection;
    private readonly Seam _seam;
    private readonly EntryBatch _batch;
    private readonly DeltaSet _deltas;
    private readonly RangeRequest _range;
    private readonly BackfillRequest _step;

    /// <param name="excluded">Entries of the seam that were dead-lettered for what they did, not for what is in them.</param>
    public ViewBackfill(RespConnection connection, StreamKeys keys, ViewCatalog catalog, Seam seam, IReadOnlySet<StreamEntryId> excluded)
    {
        var building = catalog.Views.Where(view => view.State == CatalogState.Building).ToList();
        _connection = connection;
        _seam = seam;
        _deltas = new DeltaSet([.. building.Select(view => view.Definition)]);
        _batch = new EntryBatch(_deltas.Fields);
        _range = new RangeRequest(keys) { Target = _batch, Wants = id => _seam.Holds(id) && !excluded.Contains(id), Count = EntriesInitial };
        _step = new BackfillRequest(keys, building, catalog.Version);
    }

    /// <summary>Counts from <paramref name="cursor"/> to the end of the seam.</summary>
    /// <exception cref="CatalogException">Another process went on with this rebuild, or the catalog was changed.</exception>
    public async Task RunAsync(StreamEntryId cursor, Action<RebuildProgress> report, CancellationToken cancellationToken)
    {
        long entries = 0, events = 0;
        while (cursor < _seam.End)
        {
            var start = Stopwatch.GetTimestamp();
            _range.After = cursor;
            await _connection.ExecuteAsync(_range, ct: cancellationToken);
            if (_batch.Events.Count > EventsMax && _range.Seen > 1)
            {
                _range.Count = Math.Max(1, Math.Min(_range.Seen / 2, (int)((long)EventsMax * _range.Seen / _batch.Events.Count)));
                continue;
            }

            var next = _range.Seen == 0 || _range.Last > _seam.End ? _seam.End : _range.Last;
            _deltas.Fold(_batch.Events);
            _step.Prepare(cursor, next, _deltas, DateTimeOffset.UtcNow);
            await _connection.ExecuteAsync(_step, ct: cancellationToken);
            if (!_step.IsDone) throw new CatalogException("Another process went on with this rebuild, or changed the views. Nothing was counted twice; `streamgauge views plan` shows where it stands.");
            cursor = next;
            entries += _batch.Count;
            events += _batch.Events.Count;
            report(new RebuildProgress(entries, events, cursor, _seam.End));
            if (_deltas.CellCount > CellsWished) _range.Count = Math.Max(1, _range.Count / 2);
            else if (_deltas.CellCount < CellsWished / 2 && _batch.Events.Count < EventsMax / 2) _range.Count = Math.Min(EntriesMax, _range.Count * 2);

            // Live counting comes first: at most half of Redis's time is ours.
            await Task.Delay(Stopwatch.GetElapsedTime(start), cancellationToken);
        }
    }
}

/// <summary>How far a rebuild has come.</summary>
/// <param name="Entries">Entries counted by this run.</param>
/// <param name="Events">Events counted by this run.</param>
/// <param name="Cursor">Everything up to here is counted.</param>
/// <param name="End">Where the seam ends.</param>
public sealed record RebuildProgress(long Entries, long Events, StreamEntryId Cursor, StreamEntryId End);
