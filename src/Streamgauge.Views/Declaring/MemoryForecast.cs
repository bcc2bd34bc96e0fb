using System.Runtime.InteropServices;
using System.Text;

namespace Streamgauge.Views;

/// <summary>What a view may take in Redis when all its buckets are full: groups up to the limit in every bucket that is kept.</summary>
/// <remarks>
/// <code>
/// bytes       = buckets × (groups × bytes per group + 4,096 for the names beyond the limit; without group-by there are none)
/// buckets     = per tier retain ÷ every + 2 (the one being filled, and the one about to go); 1 for all time
/// group       = per column 72 + name of the stored field + stored value
/// stored name = column + 24 per group-by field
/// value       = 12 for a number; 5,120 for a unique; a histogram is 230 fields of 3 (values that spread over a factor of 100)
/// a view of sessions = sessions × 320 + 240,000: its text and its end, ids of up to 36 characters, types of some ten; and 1,000 entry and exit types
/// </code>
/// Measured on Redis 7.0: 67 bytes for an entry of a hash beside its name and value, 5,120 for a value of 4,096. A small bucket is
/// packed and takes less; 300 for a session with an id of 36 characters of its own. A group seen by few different users takes some hundred bytes for its unique.
/// </remarks>
/// <param name="Buckets">Buckets kept at a time, over all tiers.</param>
/// <param name="GroupsPerBucket">The view's limit: groups, or sessions; 1 without group-by.</param>
/// <param name="BytesPerGroup">In one bucket.</param>
/// <param name="BytesMax">All of it together.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct MemoryForecast(long Buckets, int GroupsPerBucket, int BytesPerGroup, long BytesMax)
{
    private const int EntryBytes = 72;
    private const int GroupNameBytes = 24;
    private const int NumberBytes = 12;
    private const int RegistersBytes = 5_120;
    private const int HiddenBytes = 4_096;
    private const int HistogramFields = 230; // ln 100 ÷ ln 1.0202, the width of a bucket at 1 % relative error
    private const int SessionBytes = 320;
    private const int SessionTotalsBytes = 240_000;
    private const int HistogramFieldBytes = 5 + 3; // index and colon in the name, count

    public static MemoryForecast Of(ViewDefinition view)
    {
        if (view.Sessions is not null) return new MemoryForecast(1, view.GroupsMax, SessionBytes, ((long)view.GroupsMax * SessionBytes) + SessionTotalsBytes);
        var buckets = view.Tiers.Sum(tier => tier.Every is { } every ? ((tier.Retain.Ticks + every.Ticks - 1) / every.Ticks) + 2 : 1);
        var groups = view.GroupBy.Count == 0 ? 1 : view.GroupsMax;
        var bytes = view.Columns.Sum(column => BytesOf(column, view.GroupBy.Count * GroupNameBytes));
        return new MemoryForecast(buckets, groups, bytes, buckets * (((long)groups * bytes) + (view.GroupBy.Count == 0 ? 0 : HiddenBytes)));
    }

    private static int BytesOf(ViewColumn column, int groupBytes)
    {
        var entryBytes = EntryBytes + Encoding.UTF8.GetByteCount(column.Prefix + column.Suffix) + groupBytes;
        return column.Kind switch
        {
            ColumnKind.Registers => entryBytes + RegistersBytes,
            ColumnKind.Histogram => HistogramFields * (entryBytes + HistogramFieldBytes),
            _ => entryBytes + NumberBytes,
        };
    }
}
