using System.Globalization;
using Streamgauge.Events;

namespace Streamgauge.Streams.Tests.Declared;

/// <summary>Random events, as the fields of plain entries.</summary>
internal static class RandomEvents
{
    /// <param name="olderMs">How far event time may lie behind <paramref name="nowMs"/>.</param>
    public static string[] Next(Random random, long nowMs, long olderMs)
    {
        var fields = new List<string> { "event_type", $"type{random.Next(3)}", "ts", (nowMs - random.NextInt64(olderMs)).ToString(CultureInfo.InvariantCulture) };
        if (random.Next(5) > 0) fields.AddRange(["product", $"product{random.Next(8)}"]);
        if (random.Next(5) > 0) fields.AddRange(["user_id", $"user{random.Next(2_000)}"]);
        if (random.Next(5) > 0) fields.AddRange(["session_id", $"session{random.Next(300)}"]);
        if (random.Next(3) > 0) fields.AddRange(["value", FixedPoint.ToText(random.NextInt64(-5_000_000, 900_000_000))]);
        if (random.Next(3) > 0) fields.AddRange(["country", $"c{random.Next(3)}"]);
        if (random.Next(3) > 0) fields.AddRange(["weight", random.Next(4) == 0 ? "heavy" : FixedPoint.ToText(random.NextInt64(0, 90_000_000))]);
        return [.. fields];
    }
}
