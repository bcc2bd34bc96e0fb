using System.Text.Json;
using Streamgauge.Streams;

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

    /// <summary>How fresh and how complete an answer is that was read from Redis when it was asked for.</summary>
    /// <param name="group">Read before the rest, so that it promises too little rather than too much.</param>
    public static void WriteFreshness(this Utf8JsonWriter json, GroupStatus group)
    {
        json.WriteString("as_of", AnswerTime.Utf8(group.Now.ToUnixTimeMilliseconds()));
        json.WriteString("complete_through", AnswerTime.Utf8(group.CompleteThrough.ToUnixTimeMilliseconds()));
        json.WriteNumber("lag_seconds", Answers.Seconds(group.Lag));
    }
}
