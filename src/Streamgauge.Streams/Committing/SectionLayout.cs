using System.Buffers;
using Streamgauge.Resp;
using Streamgauge.Views;

namespace Streamgauge.Streams;

/// <summary>Writes one bucket of one view into a commit's arguments.</summary>
internal sealed class SectionLayout
{
    private readonly CatalogView _view;
    private readonly byte[] _name;
    private readonly (byte[] Kind, byte[] Prefix, byte[] Suffix)[] _columns;
    private readonly ArrayBufferWriter<byte> _cell = new();

    public SectionLayout(CatalogView view)
    {
        _view = view;
        _name = FunctionCall.Utf8(view.Definition.Name);
        _columns = [.. view.Definition.Columns.Select(column => (LetterOf(column.Kind), FunctionCall.Utf8(column.Prefix), FunctionCall.Utf8(column.Suffix)))];
    }

    // key_index view groups_max expire_at_ms bucket_name sibling_count sibling_key_index…
    // column_count (kind prefix suffix)… row_count (group cell…)…
    public void Write(RespWriter output, ViewDeltas deltas, Tier tier, BucketDeltas bucket, int key, string bucketName, int firstSibling, int siblings)
    {
        output.WriteBulk(key);
        output.WriteBulk(_name);
        output.WriteBulk(_view.Definition.GroupsMax);
        output.WriteBulk(tier.Every is null ? 0 : tier.BucketExpiryMs(bucket.StartMs));
        output.WriteBulk(bucketName);
        output.WriteBulk(siblings);
        for (var i = 0; i < siblings; i++) output.WriteBulk(firstSibling + i);
        output.WriteBulk(_columns.Length);
        foreach (var (kind, prefix, suffix) in _columns)
        {
            output.WriteBulk(kind);
            output.WriteBulk(prefix);
            output.WriteBulk(suffix);
        }

        output.WriteBulk(bucket.RowCount);
        foreach (var (group, row) in bucket.Rows)
        {
            output.WriteBulk(deltas.GroupName(group));
            for (var column = 0; column < _columns.Length; column++)
            {
                _cell.ResetWrittenCount();
                deltas.WriteCell(row, column, _cell);
                output.WriteBulk(_cell.WrittenSpan);
            }
        }
    }

    // What the commit does with a cell: add, keep the smaller or larger, merge registers, add to a histogram.
    private static byte[] LetterOf(ColumnKind kind) => kind switch
    {
        ColumnKind.Count or ColumnKind.Values or ColumnKind.Sum => [(byte)'+'],
        ColumnKind.Min => [(byte)'<'],
        ColumnKind.Max => [(byte)'>'],
        ColumnKind.Registers => [(byte)'u'],
        ColumnKind.Histogram => [(byte)'q'],
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}
