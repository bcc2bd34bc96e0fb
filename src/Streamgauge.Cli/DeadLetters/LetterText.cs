using System.Text;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using Streamgauge.Events;
using Streamgauge.Streams;

namespace Streamgauge.Cli;

/// <summary>Dead letters in words. What strangers wrote is made harmless for a terminal; JSON has every byte.</summary>
internal static class LetterText
{
    private const int ValueCharsMax = 400; // of a field on a terminal; whoever wants more takes JSON

    /// <summary>Where it came from: <c>1763805600000-0</c>, <c>1763805600000-0 event 17</c>.</summary>
    public static string Origin(StoredDeadLetter letter) => letter.Index < 0 ? $"{letter.Origin}" : $"{letter.Origin} event {letter.Index}";

    /// <summary>When an entry came, or a letter was buried.</summary>
    public static string Time(StreamEntryId id) =>
        id.ArrivalMs <= EventLimits.TimestampMsMax ? $"{DateTimeOffset.FromUnixTimeMilliseconds(id.ArrivalMs):yyyy-MM-dd HH:mm:ss}Z" : id.ToString();

    public static void Print(StoredDeadLetter letter, TextWriter output)
    {
        output.WriteLine($"{letter.Id}  {TerminalText.Of(letter.Reason)}");
        output.WriteLine($"  origin      {Origin(letter)}, came {Time(letter.Origin)}, dead-lettered {Time(letter.Id)}");
        output.WriteLine($"  consumer    {TerminalText.Of(letter.Consumer)} of {TerminalText.Of(letter.Group)}, deliveries {letter.Deliveries:N0}");
        if (letter.Retried > 0) output.WriteLine($"  retried     {letter.Retried:N0} times, came first as {letter.FirstOrigin}, {Time(letter.FirstOrigin)}");
        if (!letter.IsWhole) output.WriteLine($"  {letter.Bytes:N0} bytes, too many to show");
        foreach (var field in letter.Fields) output.WriteLine($"  {Of(field.Name.Span)} = {(letter.IsFrame && field == letter.Fields[0] ? Frame(field.Value.Span) : Of(field.Value.Span))}");
    }

    public static JsonObject Json(StoredDeadLetter letter) => new()
    {
        ["id"] = letter.Id.ToString(),
        ["reason"] = letter.Reason,
        ["origin"] = letter.Origin.ToString(),
        ["index"] = letter.Index,
        ["group"] = letter.Group,
        ["consumer"] = letter.Consumer,
        ["deliveries"] = letter.Deliveries,
        ["retried"] = letter.Retried,
        ["first_origin"] = letter.FirstOrigin.ToString(),
        ["bytes"] = letter.Bytes,
        ["fields"] = letter.IsWhole ? new JsonArray([.. letter.Fields.Select(Json)]) : null,
    };

    private static JsonObject Json(DeadLetterField field)
    {
        var json = new JsonObject();
        Add("name", field.Name.Span);
        Add("value", field.Value.Span);
        return json;

        void Add(string name, ReadOnlySpan<byte> bytes)
        {
            if (Utf8.IsValid(bytes)) json[name] = Encoding.UTF8.GetString(bytes);
            else json[name + "_base64"] = Convert.ToBase64String(bytes);
        }
    }

    private static string Frame(ReadOnlySpan<byte> frame)
    {
        var head = frame[..Math.Min(frame.Length, 16)];
        return $"a frame of {frame.Length:N0} bytes, {Convert.ToHexStringLower(head)}{(head.Length < frame.Length ? "…" : "")}";
    }

    private static string Of(ReadOnlySpan<byte> bytes)
    {
        var shown = bytes[..Math.Min(bytes.Length, 4 * ValueCharsMax)];
        var text = Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(shown) : Bytes(shown);
        if (text.Length == 0) return "(empty)";
        return text.Length <= ValueCharsMax && shown.Length == bytes.Length ? TerminalText.Of(text) : $"{TerminalText.Of(text[..Math.Min(text.Length, ValueCharsMax)])}… ({bytes.Length:N0} bytes)";
    }

    // Not UTF-8: what is ASCII can be read, the rest is spelled out.
    private static string Bytes(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder();
        foreach (var b in bytes)
        {
            if (b is >= 0x20 and < 0x7F) text.Append((char)b);
            else text.Append($"\\x{b:x2}");
        }

        return text.ToString();
    }
}
