using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Streamgauge.Views;

/// <summary>Lengths as declarations write them: <c>10s</c>, <c>15m</c>, <c>1h</c>, <c>7d</c>.</summary>
public static class TierLength
{
    /// <summary>What can be written, in words.</summary>
    public const string Allowed = "a whole number of seconds, minutes, hours or days like 10s, 15m, 1h or 7d, from 1s to 3650d";

    private const int DigitsMax = 9;
    private static readonly TimeSpan LengthMax = TimeSpan.FromDays(3650);

    public static bool TryParse([NotNullWhen(true)] string? text, out TimeSpan length)
    {
        length = default;
        if (text is not { Length: > 1 and <= DigitsMax + 1 } || text[0] == '0' || !int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return false;
        var seconds = text[^1] switch
        {
            's' => 1L,
            'm' => 60,
            'h' => 3_600,
            'd' => 86_400,
            _ => 0,
        } * number;
        if (seconds < 1 || seconds > LengthMax.TotalSeconds) return false;
        length = TimeSpan.FromSeconds(seconds);
        return true;
    }

    /// <summary>Writes a length in the largest unit that takes no fraction.</summary>
    public static string ToText(TimeSpan length) => new Tier(length, TimeSpan.Zero).Name;
}
