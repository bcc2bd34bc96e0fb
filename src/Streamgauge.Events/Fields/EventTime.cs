namespace Streamgauge.Events;

/// <summary>Event time: Unix milliseconds inside, several spellings on the wire.</summary>
public static class EventTime
{
    // Below this a number is seconds (until year 5138), from here on milliseconds (since March 1973).
    private const long SecondsBelow = 100_000_000_000;
    private const int TextBytesMax = 40;
    private const int DigitsMax = 18;
    private const int DateBytes = 19; // "2019-10-01 00:00:00", which a zone must follow

    private static readonly int UnixEpochDay = DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;

    /// <summary>
    /// Reads Unix milliseconds (<c>1763805600000</c>), Unix seconds (<c>1763805600</c>, <c>1763805600.25</c>),
    /// RFC 3339 (<c>2025-11-22T10:00:00Z</c>, any offset) or <c>2019-10-01 00:00:00 UTC</c>.
    /// </summary>
    /// <remarks>
    /// A date without a zone is refused: guessing one would put events into wrong windows. Fractions are cut to milliseconds.
    /// A leap second (<c>:60</c>) is refused, Unix time has no name for it. Allocates nothing. Source: RFC 3339, section 5.6.
    /// </remarks>
    /// <returns><see cref="EventFault.None"/>, <see cref="EventFault.BadTimestamp"/> or <see cref="EventFault.TimestampOutOfRange"/>.</returns>
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

    /// <summary>Writes a time so that <see cref="TryParse"/> reads it back; returns bytes written. <paramref name="output"/> holds 20 bytes.</summary>
    /// <remarks>Shape: milliseconds; before March 1973, where those would read as seconds, seconds with three decimals.</remarks>
    internal static int Format(long timestampMs, Span<byte> output)
    {
        var isSeconds = timestampMs is >= 0 and < SecondsBelow;
        var whole = isSeconds ? timestampMs / 1000 : timestampMs;
        whole.TryFormat(output, out var written);
        if (!isSeconds) return written;
        output[written++] = (byte)'.';
        (timestampMs % 1000).TryFormat(output[written..], out _, "000");
        return written + 3;
    }

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

    // "yyyy-MM-dd HH:mm:ss", 'T' or space between, then an optional fraction, then the zone. By hand, because the parsers of the
    // base library also take 10/01/2019, in which day and month are anyone's guess.
    private static bool TryParseDate(ReadOnlySpan<byte> text, out long timestampMs)
    {
        timestampMs = 0;
        if (text.Length <= DateBytes || text[4] != '-' || text[7] != '-' || text[13] != ':' || text[16] != ':') return false;
        if (text[10] is not ((byte)'T' or (byte)'t' or (byte)' ')) return false;
        if (!TryReadDigits(text[..4], out var year) || !TryReadDigits(text[5..7], out var month) || !TryReadDigits(text[8..10], out var day)) return false;
        if (!TryReadDigits(text[11..13], out var hour) || !TryReadDigits(text[14..16], out var minute) || !TryReadDigits(text[17..19], out var second)) return false;
        if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)) return false;
        if (hour > 23 || minute > 59 || second > 59) return false;

        var rest = text[DateBytes..];
        var thousandths = 0;
        if (rest[0] == '.' && !TryReadFraction(ref rest, out thousandths)) return false;
        if (!TryReadZone(rest, out var offsetMinutes)) return false;
        var days = new DateOnly(year, month, day).DayNumber - UnixEpochDay;
        timestampMs = ((((((days * 24L) + hour) * 60) + minute - offsetMinutes) * 60) + second) * 1000 + thousandths;
        return true;
    }

    /// <summary>Takes ".250" off <paramref name="text"/>; digits beyond milliseconds are cut, as clocks do.</summary>
    private static bool TryReadFraction(ref ReadOnlySpan<byte> text, out int thousandths)
    {
        thousandths = 0;
        var at = 1;
        for (var scale = 100; at < text.Length && char.IsAsciiDigit((char)text[at]); at++, scale /= 10) thousandths += (text[at] - '0') * scale;
        text = text[at..];
        return at > 1;
    }

    // "Z", " UTC", "+01:00" or "-0530".
    private static bool TryReadZone(ReadOnlySpan<byte> text, out int offsetMinutes)
    {
        offsetMinutes = 0;
        if (text.SequenceEqual("Z"u8) || text.SequenceEqual("z"u8) || text.SequenceEqual(" UTC"u8)) return true;
        if (text.Length is not (5 or 6) || text[0] is not ((byte)'+' or (byte)'-') || (text.Length == 6 && text[3] != ':')) return false;
        if (!TryReadDigits(text[1..3], out var hours) || !TryReadDigits(text[^2..], out var minutes) || hours > 23 || minutes > 59) return false;
        offsetMinutes = ((hours * 60) + minutes) * (text[0] == '-' ? -1 : 1);
        return true;
    }

    private static bool TryReadDigits(ReadOnlySpan<byte> text, out int number)
    {
        number = 0;
        foreach (var b in text)
        {
            if (!char.IsAsciiDigit((char)b)) return false;
            number = (number * 10) + (b - '0');
        }

        return true;
    }
}
