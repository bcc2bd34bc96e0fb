using System.Buffers;
using Streamgauge.Events;

namespace Streamgauge.Views;

/// <summary>What a batch adds to one view, per tier and bucket. Reused; allocates only while it grows; not thread-safe.</summary>
/// <remarks>
/// An event goes into the finest tier that still keeps its bucket when the event arrives; then every tier's rows are added to the next coarser one.
/// So work per event does not grow with the number of tiers, and a coarse bucket holds exactly what its fine ones were given.
/// </remarks>
public sealed class ViewDeltas
{
    private const int CellsPerBucket = 10;
    private readonly GroupNumbering _groups;
    private readonly TierDeltas[] _tiers;
    private readonly ColumnDeltas[] _columns;
    private int[] _rows = [];
    private int[] _into = [];
    private int _rowCount;

    internal ViewDeltas(ViewDefinition view)
    {
        View = view;
        _groups = new GroupNumbering(view);
        _tiers = [.. view.Tiers.Select(tier => new TierDeltas(tier))];
        _columns = [.. view.Columns.Select(ColumnDeltas.For)];
    }

    public ViewDefinition View { get; }

    /// <summary>One per tier of the view, finest first.</summary>
    public ReadOnlySpan<TierDeltas> Tiers => _tiers;

    /// <summary>Events of the last <see cref="Fold"/> that came after their finest bucket had been forgotten: not in that tier, and reported.</summary>
    public int LateCount { get; private set; }

    /// <summary>Stored values a commit of this touches; a bucket counts for some, since opening one costs Redis about as much.</summary>
    public int CellCount => (_rowCount * _columns.Length) + _columns.Sum(column => column.CellCount) + (CellsPerBucket * _tiers.Sum(tier => tier.BucketCount));

    /// <summary>Bytes of a group's name, valid until the next call.</summary>
    public ReadOnlySpan<byte> GroupName(int group) => _groups.NameOf(group);

    /// <summary>Writes what a row adds to a column: a whole number, registers (3 bytes each), or <c>index count …</c>; nothing when it adds nothing.</summary>
    public void WriteCell(int row, int column, IBufferWriter<byte> output) => _columns[column].Write(row, output);

    /// <summary>Adds up a batch. The result refers to the batch's symbols and lives as long as they do.</summary>
    internal void Fold(EventBatch batch, FieldReadings fields)
    {
        LateCount = 0;
        _rowCount = 0;
        foreach (var tier in _tiers) tier.Restart();
        PlaceEvents(batch, _groups.Number(batch));
        foreach (var column in _columns) column.Fold(batch, fields, _rows.AsSpan(0, batch.Count), _rowCount);
        for (var t = 1; t < _tiers.Length; t++) RollUp(_tiers[t - 1], _tiers[t]);
        foreach (var column in _columns) column.Finish();
    }

    // What is late is decided by the arrival of each event, not by the clock of whoever counts: a replay must give the same.
    private void PlaceEvents(EventBatch batch, ReadOnlySpan<int> groups)
    {
        if (_rows.Length < batch.Count) _rows = new int[Math.Max(batch.Count, _rows.Length * 2)];
        var rows = _rows.AsSpan(0, batch.Count);
        var times = batch.TimestampsMs;
        var arrivals = batch.ArrivalsMs;
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i] = -1;
            if (groups[i] < 0) continue;
            for (var t = 0; t < _tiers.Length; t++)
            {
                var tier = _tiers[t].Tier;
                var startMs = tier.BucketStartMs(times[i]);
                if (tier.BucketExpiryMs(startMs) > arrivals[i])
                {
                    rows[i] = _tiers[t].At(startMs).RowOf(groups[i], ref _rowCount);
                    break;
                }

                if (t == 0) LateCount++;
            }
        }
    }

    // What is kept in the finer tier is kept in the coarser one: that ends later and is retained at least as long.
    private void RollUp(TierDeltas fine, TierDeltas coarse)
    {
        var finer = _rowCount;
        if (_into.Length < finer) _into = new int[Math.Max(finer, _into.Length * 2)];
        var into = _into.AsSpan(0, finer);
        into.Fill(-1);
        for (var b = 0; b < fine.BucketCount; b++)
        {
            var bucket = fine.Bucket(b);
            var target = coarse.At(coarse.Tier.BucketStartMs(bucket.StartMs));
            foreach (var (group, row) in bucket.Rows) into[row] = target.RowOf(group, ref _rowCount);
        }

        foreach (var column in _columns) column.RollUp(into, _rowCount);
    }
}
