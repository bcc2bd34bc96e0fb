using System.Text;

namespace Streamgauge.Views;

/// <summary>Says which column and group a stored hash field belongs to.</summary>
internal sealed class BucketFields
{
    private readonly (byte[] Prefix, byte[] Suffix, bool IsHistogram)[] _columns;
    private readonly bool _hasGroups;

    public BucketFields(ViewDefinition view)
    {
        _columns = [.. view.Columns.Select(column =>
            (Encoding.UTF8.GetBytes(column.Prefix), Encoding.UTF8.GetBytes(column.Suffix), column.Kind == ColumnKind.Histogram))];
        _hasGroups = view.GroupBy.Count > 0;

        // The built-in views share {stream}:aggregates; their books are in {stream}:meta under the view's name.
        var books = view.Naming == ViewNaming.Declared ? "" : ":" + view.Name;
        GroupCountField = Encoding.UTF8.GetBytes("groups" + books);
        HiddenField = Encoding.UTF8.GetBytes("hidden" + books);
    }

    /// <summary>The field that counts groups.</summary>
    public byte[] GroupCountField { get; }

    /// <summary>The field with the registers of hidden groups.</summary>
    public byte[] HiddenField { get; }

    /// <summary>Finds the column of a field; false for fields of other views and reserved ones.</summary>
    /// <param name="index">What stands between prefix and group of a histogram; otherwise empty.</param>
    public bool TryFind(ReadOnlySpan<byte> field, out int column, out ReadOnlySpan<byte> index, out ReadOnlySpan<byte> group)
    {
        for (column = 0; column < _columns.Length; column++)
        {
            ref readonly var shape = ref _columns[column];
            if (field.Length < shape.Prefix.Length + shape.Suffix.Length || !field.StartsWith(shape.Prefix) || !field.EndsWith(shape.Suffix)) continue;
            group = field[shape.Prefix.Length..(field.Length - shape.Suffix.Length)];
            index = default;
            if (shape.IsHistogram)
            {
                var colon = group.IndexOf((byte)':');
                if (colon < 0) continue;
                index = group[..colon];
                group = group[(colon + 1)..];
            }

            if (_hasGroups || group.IsEmpty) return true;
        }

        index = group = default;
        return false;
    }
}
