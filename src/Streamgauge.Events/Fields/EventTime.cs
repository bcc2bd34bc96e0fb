using System.Globalization;
using System.Text;

namespace Streamgauge.Events;

/// <summary>Event time: Unix milliseconds inside, several spellings on the wire.</summary>
public static class EventTime
{
    // Below this a number is seconds (until year 5138), from here on milliseconds (since March 1973).
    private const long SecondsBelow = 100_000_000_000;
    private const int TextBytesMax = 40;
    private const int DigitsMax = 18;

    /// <summary>
    /// Reads Unix milliseconds (<c>1763805600000</c>), Unix seconds (<c>1763805600</c>, <c>1763805600.25</c>),
    /// RFC 3339 (<c>2025-11-22T10:00:00Z</c>, any offset) or <c>2019-10-01 00:00:00 UTC</c>.
    /// </summary>
    /// <remarks>A date without a zone is refused: guessing one would put events into wrong windows.</remarks>
    public static EventFault TryParse(ReadOnlySpan<byte> text, out long timestampMs)
    {
        timestampMs = 0;
        if (text.IsEmpty || text.Length > TextBytesMax) return EventFault.BadTimestamp;
        if (!TryParseUnix(text, out timestampMs) && !TryParseDate(text, out timestampMs)) return EventFault.BadTimestamp;
        return Check(timestampMs);
    }

    /// <summary><see cref="EventFault.TimestampOutOfRange"/> when outside 1970–2100.</summary>
    public static EventFault Check(long timestampMs) =>
        timestampMs is < EventLimits.TimestampMsMin or > EventLimits.TimestampMsMax ? EventFault.TimestampOutOfRange : EventFault.None;

    private static bool TryParseUnix(ReadOnlySpan<byte> text, out long timestampMs)
    {
        timestampMs = 0;
        var at = text[0] == '-' ? 1 : 0;
        long whole = 0;
        var digits = 0;
        for (; at < text.Length && char.IsAsciiDigit((char)text[at]); at++)
        {
            if (++digits > DigitsMax) return false;
            whole = (whole * 10) + (text[at] - '0');
        }

        if (digits == 0) return false;
        long thousandths = 0;
        if (at < text.Length && text[at] == '.')
        {
            var scale = 100;
            for (at++; at < text.Length && char.IsAsciiDigit((char)text[at]); at++, scale /= 10)
                thousandths += (text[at] - '0') * scale;
        }

        if (at != text.Length) return false;
        timestampMs = whole < SecondsBelow ? (whole * 1000) + thousandths : whole;
        if (text[0] == '-') timestampMs = -timestampMs;
        return true;
    }

    private static bool TryParseDate(ReadOnlySpan<byte> text, out long timestampMs)
    {
        timestampMs = 0;
        Span<char> chars = stackalloc char[TextBytesMax];
        if (text.ContainsAnyInRange((byte)0x80, (byte)0xFF)) return false;
        var length = Encoding.ASCII.GetChars(text, chars);
        var date = (ReadOnlySpan<char>)chars[..length];
        if (date.EndsWith(" UTC", StringComparison.Ordinal))
        {
            chars[length - 4] = 'Z';
            date = chars[..(length - 3)];
        }

        // "yyyy-MM-ddTHH:mm:ss" and then a fraction and a zone; DateTimeOffset would silently take the local zone without one.
        if (date.Length < 20 || !char.IsAsciiDigit(date[0])) return false;
        var zone = date[19..];
        if (!zone.EndsWith("Z", StringComparison.OrdinalIgnoreCase) && zone.IndexOfAny('+', '-') < 0) return false;
        if (!DateTimeOffset.TryParse(date, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var parsed)) return false;
        timestampMs = parsed.ToUnixTimeMilliseconds();
        return true;
    }
}
