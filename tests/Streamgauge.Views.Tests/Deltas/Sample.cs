using System.Globalization;
using Streamgauge.Events;

namespace Streamgauge.Views.Tests;

/// <summary>One event as a test thinks of it.</summary>
internal sealed record Sample(
    long TimestampMs, long ArrivalMs, string Type, string? Product = null, string? Session = null, long? Micros = null, string? Country = null, string? Weight = null, string? Note = null)
{
    /// <summary>The fields that are there.</summary>
    public IEnumerable<(string Name, string Value)> Fields()
    {
        (string Name, string? Value)[] all =
        [
            ("event_type", Type), ("ts", TimestampMs.ToString(CultureInfo.InvariantCulture)), ("product", Product), ("session_id", Session),
            ("value", Micros is { } micros ? FixedPoint.ToText(micros) : null), ("country", Country), ("weight", Weight), ("note", Note),
        ];
        return all.Where(field => field.Value is not null).Select(field => (field.Name, field.Value!));
    }

    public string? Field(string name) => Fields().Where(field => field.Name == name).Select(field => field.Value).SingleOrDefault();
}
