using System.Buffers.Text;
using System.Diagnostics;
using System.Globalization;

namespace Streamgauge.Events;

/// <summary>
/// Values as whole millionths (micros). Sums of micros are exact and independent of order, which sums of floats are not:
/// a replay must give identical bytes.
/// </summary>
public static class FixedPoint
{
    /// <summary>Micros in one unit.</summary>
    public const long MicrosPerUnit = 1_000_000;

    private const int TextBytesMax = 40;

    /// <summary>Largest absolute value of an event, in micros.</summary>
    internal const long MicrosMax = EventLimits.ValueUnitsMax * MicrosPerUnit;

    // '-', 13 digits of long.MinValue's whole units, '.', 6 digits.
    internal const int FormatBytesMax = 21;

    /// <summary>Reads a plain decimal number: sign, digits, optional fraction; no exponent, no NaN, no spaces.</summary>
    /// <remarks>Digits beyond the sixth decimal round half away from zero, so 19.989999999999998 is 19.99.</remarks>
    /// <returns><see cref="EventFault.None"/>, <see cref="EventFault.BadValue"/> or <see cref="EventFault.ValueOutOfRange"/>.</returns>
    public static EventFault TryParse(ReadOnlySpan<byte> text, out long micros) => TryParse(text, EventLimits.ValueUnitsMax, out micros);

    /// <summary>The same for the number in a further field, which may be as large as <see cref="EventLimits.NumberUnitsMax"/>.</summary>
    public static EventFault TryParseNumber(ReadOnlySpan<byte> text, out long micros) => TryParse(text, EventLimits.NumberUnitsMax, out micros);

    private static EventFault TryParse(ReadOnlySpan<byte> text, long unitsMax, out long micros)
    {
        micros = 0;
        if (text.IsEmpty || text.Length > TextBytesMax) return EventFault.BadValue;
        var negative = text[0] == '-';
        var at = negative || text[0] == '+' ? 1 : 0;
        long units = 0;
        var digits = 0;
        var tooLarge = false;
        for (; at < text.Length && char.IsAsciiDigit((char)text[at]); at++, digits++)
        {
            units = (units * 10) + (text[at] - '0');
            // Keep reading after the bound is broken: "99999999999x" is no number, whatever its size.
            if (units > unitsMax) { tooLarge = true; units = 0; }
        }

        long fraction = 0;
        if (at < text.Length && text[at] == '.')
        {
            var scale = MicrosPerUnit;
            var roundUp = false;
            for (at++; at < text.Length && char.IsAsciiDigit((char)text[at]); at++, digits++)
            {
                if (scale == 0) continue;
                scale /= 10;
                if (scale == 0) roundUp = text[at] >= '5';
                else fraction += (text[at] - '0') * scale;
            }

            if (roundUp) fraction++;
        }

        if (at != text.Length || digits == 0) return EventFault.BadValue;
        var magnitude = (units * MicrosPerUnit) + fraction;
        if (tooLarge || magnitude > unitsMax * MicrosPerUnit) return EventFault.ValueOutOfRange;
        micros = negative ? -magnitude : magnitude;
        return EventFault.None;
    }

    /// <summary>Writes micros as the shortest decimal that reads back the same; returns bytes written.</summary>
    /// <remarks>Shape: <c>-?digits[.digits]</c>, never an exponent. <paramref name="output"/> holds 21 bytes, enough for every long.</remarks>
    public static int Format(long micros, Span<byte> output)
    {
        Debug.Assert(output.Length >= FormatBytesMax, "every long fits");
        var at = 0;
        var magnitude = micros < 0 ? (ulong)(-(micros + 1)) + 1 : (ulong)micros; // long.MinValue has no positive twin
        if (micros < 0) output[at++] = (byte)'-';
        Utf8Formatter.TryFormat(magnitude / (ulong)MicrosPerUnit, output[at..], out var written);
        at += written;
        var fraction = (int)(magnitude % (ulong)MicrosPerUnit);
        if (fraction == 0) return at;
        output[at++] = (byte)'.';
        Utf8Formatter.TryFormat(fraction, output[at..], out _, new System.Buffers.StandardFormat('D', 6));
        at += 6;
        while (output[at - 1] == '0') at--;
        return at;
    }

    /// <summary>Micros as an exact decimal number.</summary>
    public static decimal ToDecimal(long micros) => micros / (decimal)MicrosPerUnit;

    /// <summary>Micros as text, as <see cref="Format"/> writes it.</summary>
    public static string ToText(long micros) => ToDecimal(micros).ToString("0.######", CultureInfo.InvariantCulture);
}
