using System.Globalization;

namespace Streamgauge.Drills;

/// <summary>One event of a drill, made from its number alone, so that the oracle needs no copy of it.</summary>
/// <param name="EventType">One of four.</param>
/// <param name="Product">One of eight; null for searches.</param>
/// <param name="ValueMicros">Only purchases have one.</param>
internal readonly record struct DrillEvent(string EventType, string? Product, long? ValueMicros)
{
    private static readonly string[] Types = ["view", "click", "search", "purchase"];
    private static readonly string[] Products = ["laptop", "phone", "tablet", "camera", "watch", "mouse", "desk", "lamp"];

    public static DrillEvent Of(long number)
    {
        // An odd multiplier spreads neighbours over types and products, so that no fault hits only one kind.
        var hash = (ulong)number * 0x9E3779B97F4A7C15 >> 32;
        var type = Types[hash % 4];
        return new DrillEvent(type, type == "search" ? null : Products[hash / 4 % 8], type == "purchase" ? (long)(hash % 1_000_000) * 10_000 : null);
    }

    /// <summary>Id of an event and of its session: a session of its own makes the view of sessions a witness of each single event.</summary>
    public static string IdOf(long number) => string.Create(CultureInfo.InvariantCulture, $"e{number:x8}");

    public static bool TryParseId(string id, out long number)
    {
        number = 0;
        return id.Length == 9 && id[0] == 'e' && long.TryParse(id.AsSpan(1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number);
    }
}
