using System.Text;

namespace Streamgauge.Events;

/// <summary>One text field of a batch: a symbol per event, and the table that says what the symbols mean.</summary>
public sealed class FieldColumn
{
    /// <summary>The event does not have this field.</summary>
    public const int Absent = -1;

    private int[] _values = new int[1024];

    internal FieldColumn(string name)
    {
        Name = name;
        NameUtf8 = Encoding.UTF8.GetBytes(name);
        Field = FieldNames.Identify(NameUtf8);
    }

    public string Name { get; }

    public SymbolTable Symbols { get; } = new();

    internal byte[] NameUtf8 { get; }

    internal EventField Field { get; }

    /// <summary>Symbol of event <paramref name="index"/>, or <see cref="Absent"/>.</summary>
    public int this[int index]
    {
        get => _values[index];
        internal set => _values[index] = value;
    }

    /// <summary>Symbols of the first <paramref name="count"/> events.</summary>
    public ReadOnlySpan<int> Values(int count) => _values.AsSpan(0, count);

    internal Span<int> Reserve(int start, int count)
    {
        if (start + count > _values.Length) Array.Resize(ref _values, Math.Max(_values.Length * 2, start + count));
        return _values.AsSpan(start, count);
    }
}
