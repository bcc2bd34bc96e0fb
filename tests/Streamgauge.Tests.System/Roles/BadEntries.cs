using System.Text;
using Streamgauge.Events;

namespace Streamgauge.Tests.System;

/// <summary>One entry that cannot be counted.</summary>
/// <param name="Fields">Names and values in turn, byte by byte as they stand in the stream.</param>
internal sealed record BadEntry(string Name, string Reason, byte[][] Fields);

/// <summary>Everything a careless or hostile client may write.</summary>
internal static class BadEntries
{
    private static readonly byte[] NotUtf8 = [0xC3, 0x28, 0xFF];

    public static IEnumerable<BadEntry> All()
    {
        var long10K = new string('x', 10_240);
        yield return Text("no type", "missing_event_type", "event_id", "b1", "product", "laptop");
        yield return Text("empty type", "missing_event_type", "event_id", "b2", "event_type", "");
        yield return Text("value is a word", "bad_value", "event_id", "b3", "event_type", "view", "value", "cheap");
        yield return Text("value is not a number", "bad_value", "event_id", "b4", "event_type", "view", "value", "NaN");
        yield return Text("value is huge", "value_out_of_range", "event_id", "b5", "event_type", "view", "value", "99999999999");
        yield return Text("year 1", "timestamp_out_of_range", "event_id", "b6", "event_type", "view", "ts", "0001-01-01T00:00:00Z");
        yield return Text("year 9999", "timestamp_out_of_range", "event_id", "b7", "event_type", "view", "ts", "9999-12-31T23:59:59Z");
        yield return Text("time is a word", "bad_timestamp", "event_id", "b8", "event_type", "view", "ts", "yesterday");
        yield return Text("10 KB type", "too_long", "event_id", "b9", "event_type", long10K);
        yield return Text("10 KB product", "too_long", "event_id", "b10", "event_type", "view", "product", long10K);
        yield return Text("10 KB field name", "too_long", "event_id", "b11", "event_type", "view", long10K, "1");
        yield return Text("no known field", "no_known_fields", "colour", "red", "size", "XL");
        yield return Text("line break in a name", "invalid_text", "event_id", "b12", "event_type", "view\nclick");
        yield return new BadEntry("type is not UTF-8", "invalid_text", [.. Bytes("event_id", "b13", "event_type"), NotUtf8]);
        yield return new BadEntry("further field is not UTF-8", "invalid_text", [.. Bytes("event_id", "b14", "event_type", "view", "note"), NotUtf8]);
        yield return Text("too many fields", "too_many_fields", ["event_type", "view", .. Enumerable.Range(0, 66).Select(i => $"f{i}")]);

        var frame = Frame();
        yield return FrameEntry("frame cut short", "frame_truncated", frame[..^7]);
        yield return FrameEntry("frame without a body", "frame_truncated", frame[..5]);
        var flipped = (byte[])frame.Clone();
        flipped[^1] ^= 1;
        yield return FrameEntry("frame with a wrong checksum", "frame_checksum", flipped);
        var newer = (byte[])frame.Clone();
        newer[3] = 99;
        yield return FrameEntry("frame of a future version", "frame_version", newer);
        yield return FrameEntry("no frame at all", "frame_malformed", "GIF89a, not a frame of ours"u8.ToArray());
    }

    /// <summary>Entries that lack something and count all the same.</summary>
    public static IEnumerable<(byte[][] Fields, string Type, string? Product, string? Session)> Incomplete()
    {
        yield return (Bytes("event_id", "i1", "event_type", "view", "session_id", "s1", "user_id", "u1"), "view", null, "s1");
        yield return (Bytes("event_id", "i2", "event_type", "view", "product", "laptop", "user_id", "u1"), "view", "laptop", null);
        yield return (Bytes("event_id", "i3", "event_type", "view", "product", "laptop", "session_id", "s1"), "view", "laptop", "s1");
        yield return (Bytes("event_type", "view", "product", "", "session_id", "", "value", "", "ts", ""), "view", null, null);
    }

    public static byte[][] Command(byte[][] fields) => [.. Bytes("XADD", "events", "*"), .. fields];

    private static byte[] Frame()
    {
        var writer = new FrameWriter();
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        for (var i = 0; i < 3; i++) writer.Add(new EventFields { EventId = Encoding.UTF8.GetBytes($"f{i}"), EventType = "view"u8, Product = "laptop"u8, TimestampMs = now });
        return writer.Seal().ToArray();
    }

    private static BadEntry FrameEntry(string name, string reason, byte[] frame) => new(name, reason, ["sg:frame"u8.ToArray(), frame]);

    private static BadEntry Text(string name, string reason, params string[] fields) => new(name, reason, Bytes(fields));

    private static byte[][] Bytes(params string[] texts) => [.. texts.Select(Encoding.UTF8.GetBytes)];
}
