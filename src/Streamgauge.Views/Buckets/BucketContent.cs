namespace Streamgauge.Views;

/// <summary>One stored bucket of one view, read: a row per group, a list of numbers or sketches per column. Immutable.</summary>
/// <remarks>Columnar, because a query adds up few columns over many buckets. Rows are in no particular order.</remarks>
public sealed class BucketContent
{
    /// <summary>In place of a smallest or largest value where no event had one.</summary>
    public const long Absent = long.MinValue;

    private readonly string[] _groups;
    private readonly object[] _columns; // per column of the view: long[], byte[]?[] or HistogramColumn

    internal BucketContent(ViewDefinition view, long revision, string[] groups, object[] columns, long groupCount, byte[]? hidden)
    {
        (View, Revision, _groups, _columns) = (view, revision, groups, columns);
        (GroupCount, HiddenRegisters) = (groupCount, hidden);
    }

    /// <summary>The view it is a bucket of.</summary>
    public ViewDefinition View { get; }

    /// <summary>Number of the commit that changed it last; 0 when unknown.</summary>
    public long Revision { get; }

    /// <summary>Names of the groups, as <see cref="GroupKey"/> joins them.</summary>
    public ReadOnlySpan<string> Groups => _groups;

    /// <summary>Different groups that were counted under their own name, as stored in <c>groups</c>; <c>(other)</c> is not among them.</summary>
    public long GroupCount { get; }

    /// <summary>Registers of the names of groups that went to <c>(other)</c>, as stored in <c>hidden</c>; null when there are none.</summary>
    public byte[]? HiddenRegisters { get; }

    /// <summary>Numbers of a column by row; <see cref="Absent"/> for a smallest or largest value that is not there. Not for sketches.</summary>
    /// <param name="column">Index in <see cref="ViewDefinition.Columns"/>.</param>
    public ReadOnlySpan<long> Numbers(int column) => (long[])_columns[column];

    /// <summary>Stored registers of a column by row; null for none. They are well formed.</summary>
    /// <param name="column">Index in <see cref="ViewDefinition.Columns"/>, of a <see cref="ColumnKind.Registers"/>.</param>
    public ReadOnlySpan<byte[]?> Registers(int column) => (byte[]?[])_columns[column];

    /// <summary>Histograms of a column by row.</summary>
    /// <param name="column">Index in <see cref="ViewDefinition.Columns"/>, of a <see cref="ColumnKind.Histogram"/>.</param>
    public HistogramColumn Histograms(int column) => (HistogramColumn)_columns[column];
}
