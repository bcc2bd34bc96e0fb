namespace Streamgauge.Serving;

/// <summary>Times of answers: RFC 3339 in UTC with milliseconds.</summary>
internal static class AnswerTime
{
    private const string Format = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    /// <summary>Bytes of every time.</summary>
    public const int Bytes = 24;

    public static string Text(long unixMs) => DateTimeOffset.FromUnixTimeMilliseconds(unixMs).ToString(Format);

    public static byte[] Utf8(long unixMs)
    {
        var text = new byte[Bytes];
        Write(unixMs, text);
        return text;
    }

    /// <summary>Writes <see cref="Bytes"/> bytes: digits cut out by hand, for thousands of points an answer.</summary>
    public static void Write(long unixMs, Span<byte> output)
    {
        var time = DateTime.UnixEpoch.AddMilliseconds(unixMs);
        "0000-00-00T00:00:00.000Z"u8.CopyTo(output);
        var (year, month, day) = time;
        Digits(output, 3, year);
        Digits(output, 6, month);
        Digits(output, 9, day);
        Digits(output, 12, time.Hour);
        Digits(output, 15, time.Minute);
        Digits(output, 18, time.Second);
        Digits(output, 22, time.Millisecond);
    }

    private static void Digits(Span<byte> output, int last, int number)
    {
        for (; number > 0; number /= 10) output[last--] = (byte)('0' + (number % 10));
    }
}
