using System.Text.Json;

namespace Streamgauge.Serving;

/// <summary>What answers write again and again.</summary>
internal static class JsonWriting
{
    /// <summary>A list of texts.</summary>
    public static void WriteStrings(this Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts) json.WriteStringValue(text);
        json.WriteEndArray();
    }
}
