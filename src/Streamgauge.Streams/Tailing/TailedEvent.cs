using System.Text.Json;
using Streamgauge.Events;

namespace Streamgauge.Streams;

/// <summary>One event as it stands in the stream, for people: its fields as text, with when it arrived and where.</summary>
/// <param name="EntryId">Entry it came in.</param>
/// <param name="Index">Position in the frame; 0 for a plain entry.</param>
/// <param name="TimestampMs">Event time as it counts, Unix milliseconds.</param>
/// <param name="ValueMicros">Millionths; null without a value.</param>
/// <param name="Fields">Text fields, each name once, in the order they were sent; <c>value</c> and <c>ts</c> are not among them.</param>
public sealed record TailedEvent(StreamEntryId EntryId, int Index, long TimestampMs, long? ValueMicros, IReadOnlyList<KeyValuePair<string, string>> Fields)
{
    private static readonly string[] Documented = ["event_type", "product", "user_id", "session_id", "event_id"];

    /// <summary>A text field; null when the event does not have it.</summary>
    public string? Field(string name)
    {
        foreach (var field in Fields)
        {
            if (field.Key == name) return field.Value;
        }

        return null;
    }

    /// <summary>The fields beside the documented ones.</summary>
    public IEnumerable<KeyValuePair<string, string>> FurtherFields => Fields.Where(pair => !Documented.Contains(pair.Key));

    /// <summary>Writes the event as one JSON object: the documented fields by name, absent ones left out, the others under <c>fields</c>.</summary>
    public void WriteTo(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("id", EntryId.ToString());
        json.WriteNumber("index", Index);
        foreach (var name in Documented)
        {
            if (Field(name) is { } text) json.WriteString(name, text);
        }

        if (ValueMicros is { } micros) json.WriteNumber("value", FixedPoint.ToDecimal(micros));
        json.WriteString("ts", Rfc3339(TimestampMs));
        json.WriteString("arrived", Rfc3339(EntryId.ArrivalMs));
        json.WriteStartObject("fields");
        foreach (var (name, value) in FurtherFields) json.WriteString(name, value);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    // An entry id may be any number a client chose, which need not be a time there is.
    private static string Rfc3339(long unixMs) =>
        DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(unixMs, EventLimits.TimestampMsMin, EventLimits.TimestampMsMax)).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'");
}
