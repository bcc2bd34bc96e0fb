using System.Globalization;

namespace Streamgauge.Tests.System;

/// <summary>Events of all kinds and times: of now, of days before, from around changes of the clocks, too late, and from the future.</summary>
internal sealed class RandomEvents(Random random)
{
    private const long MinuteMs = 60_000;
    private const long DayMs = 24 * 60 * MinuteMs;
    private static readonly string[] ChangingZones = ["Europe/Berlin", "America/New_York", "America/Havana", "Australia/Lord_Howe"];
    private readonly List<long> _changes = [];

    public Dictionary<string, string> Next(long nowMs)
    {
        if (_changes.Count == 0) _changes.AddRange(ChangingZones.Select(zone => LastChangeMs(zone, nowMs)));
        var fields = new Dictionary<string, string> { ["event_type"] = Pick("view", "view", "cart", "purchase", "purchase", "refund") };
        Set(0.9, "product", () => random.Next(40) == 0 ? "Käse, \"alt\"" : $"p{Math.Min(random.Next(12), random.Next(12))}");
        Set(0.9, "user_id", () => $"u{random.Next(400)}");
        Set(0.9, "session_id", () => $"s{random.Next(900)}");
        Set(0.8, "country", () => Pick("DE", "IN", "US", "N,L"));
        Set(0.3, "coupon", () => Pick("SPRING", "VIP"));
        Set(0.6, "size", () => Pick("38", "39", "39.50", "XL"));
        Set(0.7, "duration", () => Pick("12.5", "0.000001", "-3", "abc", "1e5", "+7.25", Number(-500, 90_000)));
        Set(0.8, "value", () => Pick("19.989999999999998", "0", Number(-20_000, 1_000_000), Number(-20_000, 1_000_000), Number(0, 40_000_000)));
        Set(0.95, "ts", () => Time(nowMs));
        return fields;

        void Set(double share, string name, Func<string> value)
        {
            if (random.NextDouble() < share) fields[name] = value();
        }
    }

    private string Time(long nowMs)
    {
        var ms = random.Next(20) switch
        {
            < 9 => nowMs - random.NextInt64(10 * MinuteMs),
            < 12 => nowMs - random.NextInt64(8 * 60 * MinuteMs),
            < 14 => nowMs - random.NextInt64(9 * DayMs),
            < 17 => _changes[random.Next(_changes.Count)] + random.NextInt64(-3 * DayMs, 3 * DayMs),
            17 => nowMs - random.NextInt64(3_000 * DayMs), // years too late for most
            18 => nowMs + random.NextInt64(4 * MinuteMs), // clocks differ
            _ => nowMs + (6 * MinuteMs) + random.NextInt64(900 * DayMs), // counts at its arrival
        };
        return random.Next(10) == 0 ? DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture) : ms.ToString();
    }

    /// <summary>When the clocks of a zone changed last, to the hour.</summary>
    public static long LastChangeMs(string zone, long nowMs)
    {
        var clocks = TimeZoneInfo.FindSystemTimeZoneById(zone);
        var hour = nowMs - (nowMs % (60 * MinuteMs)) - (4 * DayMs);
        while (Offset(hour) == Offset(hour - (60 * MinuteMs))) hour -= 60 * MinuteMs;
        return hour;

        TimeSpan Offset(long ms) => clocks.GetUtcOffset(DateTimeOffset.FromUnixTimeMilliseconds(ms));
    }

    private string Number(int low, int high) => (random.Next(low, high) / 1_000m).ToString(CultureInfo.InvariantCulture);

    private string Pick(params string[] words) => words[random.Next(words.Length)];
}
