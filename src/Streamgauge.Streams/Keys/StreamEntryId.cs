using System.Buffers.Text;

namespace Streamgauge.Streams;

/// <summary>Id of a stream entry: milliseconds of arrival and a sequence within them.</summary>
public readonly record struct StreamEntryId(ulong Ms, ulong Sequence) : IComparable<StreamEntryId>
{
    /// <summary>Longest text form: two 20-digit numbers and a dash.</summary>
    public const int TextBytesMax = 41;

    /// <summary>The greatest there is; Redis refuses a range that begins behind it.</summary>
    public static StreamEntryId Greatest => new(ulong.MaxValue, ulong.MaxValue);

    private const ulong ArrivalMsMax = long.MaxValue - 1; // long.MaxValue is when buckets of all time expire: never
    private static readonly long TimeMsMax = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    /// <summary>Time of arrival, Unix milliseconds. A client may write any id: one from beyond 64 signed bits is taken for the last moment that buckets of all time outlive.</summary>
    public long ArrivalMs => (long)Math.Min(Ms, ArrivalMsMax);

    /// <summary><see cref="ArrivalMs"/> as a time; the last there is for an id from beyond it.</summary>
    public DateTimeOffset Arrival => DateTimeOffset.FromUnixTimeMilliseconds(Math.Min(ArrivalMs, TimeMsMax));

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
