using System.Text;
using Streamgauge.Events;

namespace Streamgauge.Views;

/// <summary>A question about one value that is there.</summary>
internal abstract class FieldTest
{
    /// <summary>Asks a text, UTF-8, not empty.</summary>
    public abstract bool Passes(ReadOnlySpan<byte> text);

    /// <summary>Asks a number: <c>value</c> in millionths, <c>ts</c> in millionths of a millisecond.</summary>
    public abstract bool Passes(long micros);

    /// <summary>Writes the question about <paramref name="field"/>.</summary>
    public abstract void Write(StringBuilder output, string field);

    protected static string Quote(ReadOnlySpan<byte> text) => $"'{Encoding.UTF8.GetString(text).Replace("'", "''", StringComparison.Ordinal)}'";
}

/// <summary><c>exists(field)</c>.</summary>
internal sealed class ExistsTest : FieldTest
{
    public override bool Passes(ReadOnlySpan<byte> text) => true;

    public override bool Passes(long micros) => true;

    public override void Write(StringBuilder output, string field) => output.Append("exists(").Append(field).Append(')');
}

/// <summary><c>field == 'text'</c> and <c>field != 'text'</c>.</summary>
internal sealed class TextTest(byte[] expected, bool isEqual) : FieldTest
{
    public override bool Passes(ReadOnlySpan<byte> text) => text.SequenceEqual(expected) == isEqual;

    public override bool Passes(long micros) => false;

    public override void Write(StringBuilder output, string field) => output.Append(field).Append(isEqual ? " == " : " != ").Append(Quote(expected));
}

/// <summary><c>starts_with(field, 'text')</c>.</summary>
internal sealed class PrefixTest(byte[] prefix) : FieldTest
{
    public override bool Passes(ReadOnlySpan<byte> text) => text.StartsWith(prefix);

    public override bool Passes(long micros) => false;

    public override void Write(StringBuilder output, string field) => output.Append("starts_with(").Append(field).Append(", ").Append(Quote(prefix)).Append(')');
}

/// <summary><c>field &lt; 3.5</c> and its like.</summary>
internal sealed class NumberTest(FilterOperator comparison, long literalMicros) : FieldTest
{
    public override bool Passes(ReadOnlySpan<byte> text) => FixedPoint.TryParseNumber(text, out var micros) == EventFault.None && Passes(micros);

    public override bool Passes(long micros) => comparison switch
    {
        FilterOperator.Equal => micros == literalMicros,
        FilterOperator.NotEqual => micros != literalMicros,
        FilterOperator.Less => micros < literalMicros,
        FilterOperator.LessOrEqual => micros <= literalMicros,
        FilterOperator.Greater => micros > literalMicros,
        _ => micros >= literalMicros,
    };

    public override void Write(StringBuilder output, string field) =>
        output.Append(field).Append(' ').Append(FilterOperators.Text(comparison)).Append(' ').Append(FixedPoint.ToText(literalMicros));
}

/// <summary><c>field in ('a', 'b', 3)</c>.</summary>
internal sealed class ListTest : FieldTest
{
    private static readonly Comparer<byte[]> ByBytes = Comparer<byte[]>.Create((left, right) => left.AsSpan().SequenceCompareTo(right));
    private readonly byte[][] _texts;
    private readonly long[] _numbers;

    public ListTest(IEnumerable<byte[]> texts, IEnumerable<long> numbers)
    {
        _texts = [.. new SortedSet<byte[]>(texts, ByBytes)];
        _numbers = [.. new SortedSet<long>(numbers)];
    }

    public override bool Passes(ReadOnlySpan<byte> text) =>
        Contains(text) || (_numbers.Length > 0 && FixedPoint.TryParseNumber(text, out var micros) == EventFault.None && Passes(micros));

    public override bool Passes(long micros) => Array.BinarySearch(_numbers, micros) >= 0;

    public override void Write(StringBuilder output, string field) =>
        output.Append(field).Append(" in (").AppendJoin(", ", _texts.Select(text => Quote(text)).Concat(_numbers.Select(FixedPoint.ToText))).Append(')');

    private bool Contains(ReadOnlySpan<byte> text)
    {
        var low = 0;
        for (var high = _texts.Length - 1; low <= high;)
        {
            var middle = (low + high) / 2;
            var order = text.SequenceCompareTo(_texts[middle]);
            if (order == 0) return true;
            if (order < 0) high = middle - 1;
            else low = middle + 1;
        }

        return false;
    }
}
