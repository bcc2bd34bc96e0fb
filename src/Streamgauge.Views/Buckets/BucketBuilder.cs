using System.Buffers.Text;
using System.Text;

namespace Streamgauge.Views;

/// <summary>Makes a <see cref="BucketContent"/> of the fields of a stored hash. Use it for many buckets of a view: they then share the groups' names.</summary>
/// <remarks>Reads declared and documented names. Fields that are not of the view are passed over: built-in views share a hash. Not thread-safe.</remarks>
public sealed class BucketBuilder
{
    private readonly BucketFields _fields;
    private readonly GroupRows _groups = new();
    private readonly ColumnBuilder[] _columns;
    private long _groupCount;
    private byte[]? _hidden;

    /// <summary>Begins a first bucket.</summary>
    public BucketBuilder(ViewDefinition view)
    {
        View = view;
        _fields = new BucketFields(view);
        _columns = [.. view.Columns.Select(column => ColumnBuilder.Of(column.Kind))];
    }

    /// <summary>The view whose buckets are read.</summary>
    public ViewDefinition View { get; }

    /// <summary>Adds a stored field.</summary>
    /// <remarks>For built-in views also <c>groups:&lt;view&gt;</c> and <c>hidden:&lt;view&gt;</c> of <c>{stream}:meta</c>.</remarks>
    /// <exception cref="FormatException">The field is of this view and its value is not what is stored there.</exception>
    public void Add(ReadOnlySpan<byte> field, ReadOnlySpan<byte> value)
    {
        if (_fields.TryFind(field, out var column, out var index, out var group))
        {
            if (!_columns[column].TrySet(_groups.RowOf(group), index, value)) Fail(field, value);
        }
        else if (field.SequenceEqual(_fields.GroupCountField))
        {
            if (!TryReadNumber(value, out _groupCount)) Fail(field, value);
        }
        else if (field.SequenceEqual(_fields.HiddenField))
        {
            HyperLogLog.Check(value);
            _hidden = value.IsEmpty ? null : value.ToArray();
        }
    }

    /// <summary>The bucket of the fields added since the last one; begins the next.</summary>
    /// <param name="revision">Number of the commit that changed it last.</param>
    public BucketContent Build(long revision)
    {
        var columns = new object[_columns.Length];
        for (var i = 0; i < columns.Length; i++) columns[i] = _columns[i].Build(_groups.Count);
        var content = new BucketContent(View, revision, _groups.ToNames(), columns, _groupCount, _hidden);
        Clear();
        return content;
    }

    /// <summary>Forgets the fields added since the last bucket.</summary>
    public void Clear()
    {
        foreach (var column in _columns) column.Clear();
        _groups.Clear();
        (_groupCount, _hidden) = (0, null);
    }

    internal static bool TryReadNumber(ReadOnlySpan<byte> text, out long number) =>
        Utf8Parser.TryParse(text, out number, out var read) && read == text.Length;

    private void Fail(ReadOnlySpan<byte> field, ReadOnlySpan<byte> value) => throw new FormatException(
        $"field \"{Encoding.UTF8.GetString(field)}\" of a bucket of view \"{View.Name}\" holds \"{Encoding.UTF8.GetString(value[..Math.Min(value.Length, 40)])}\", "
        + "which was not written by this view's counting; was the key changed by hand?");
}
