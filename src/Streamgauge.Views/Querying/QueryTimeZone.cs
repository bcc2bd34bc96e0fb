using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Streamgauge.Views;

/// <summary>Time zones as they are asked for.</summary>
public static class QueryTimeZone
{
    /// <summary>Reads <c>UTC</c>, <c>Z</c>, a fixed offset such as <c>+05:30</c>, or a name of the time zone database such as <c>Europe/Berlin</c>.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out TimeZoneInfo? zone)
    {
        if (text is "UTC" or "Z")
        {
            zone = TimeZoneInfo.Utc;
            return true;
        }

        if (text is ['+' or '-', ..])
        {
            zone = null;
            if (!TimeSpan.TryParseExact(text.AsSpan(1), @"hh\:mm", CultureInfo.InvariantCulture, out var offset) || offset > TimeSpan.FromHours(14)) return false;
            zone = TimeZoneInfo.CreateCustomTimeZone(text, text[0] == '-' ? -offset : offset, text, text);
            return true;
        }

        return TimeZoneInfo.TryFindSystemTimeZoneById(text, out zone);
    }
}
