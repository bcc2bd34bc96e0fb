using System.Buffers.Text;

namespace Streamgauge.Streams;

/// <summary>Id of a stream entry: milliseconds of arrival and a sequence within them.</summary>
public readonly record struct StreamEntryId(ulong Ms, ulong Sequence) : IComparable<StreamEntryId>
{
    /// <summary>Longest text form: two 20-digit numbers and a dash.</summary>
    public const int TextBytesMax = 41;

    /// <summary>Time of arrival, Unix milliseconds; an id from beyond 64 signed bits is taken for the last moment there is.</summary>
    public long ArrivalMs => (long)Math.Min(Ms, long.MaxValue);

    /// <summary>Reads <c>ms-sequence</c>.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out StreamEntryId id)
    {
        id = default;
        if (!Utf8Parser.TryParse(text, out ulong ms, out var used) || used == text.Length || text[used] != '-') return false;
        if (!Utf8Parser.TryParse(text[(used + 1)..], out ulong sequence, out var rest) || used + 1 + rest != text.Length) return false;
        id = new StreamEntryId(ms, sequence);
        return true;
    }

    /// <summary>Writes the id; needs up to <see cref="TextBytesMax"/> bytes.</summary>
    public int Format(Span<byte> output)
    {
        Utf8Formatter.TryFormat(Ms, output, out var at);
        output[at++] = (byte)'-';
        Utf8Formatter.TryFormat(Sequence, output[at..], out var rest);
        return at + rest;
    }

    public int CompareTo(StreamEntryId other) => Ms != other.Ms ? Ms.CompareTo(other.Ms) : Sequence.CompareTo(other.Sequence);

    public override string ToString() => $"{Ms}-{Sequence}";

    public static bool operator <(StreamEntryId left, StreamEntryId right) => left.CompareTo(right) < 0;
    public static bool operator >(StreamEntryId left, StreamEntryId right) => left.CompareTo(right) > 0;
    public static bool operator <=(StreamEntryId left, StreamEntryId right) => left.CompareTo(right) <= 0;
    public static bool operator >=(StreamEntryId left, StreamEntryId right) => left.CompareTo(right) >= 0;
}
