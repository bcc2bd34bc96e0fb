using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Streamgauge.Events.Tests;

/// <summary>The vectors of docs/frame.md are what the code writes and reads.</summary>
public partial class FrameDocumentTests
{
    private const long Time = 1_763_805_600_000;

    private static readonly TestEvent[] One = [new() { EventType = "click", TimestampMs = Time }];

    private static readonly TestEvent[] Three =
    [
        new() { EventType = "purchase", Product = "laptop", ValueMicros = 19_990_000, TimestampMs = Time },
        new() { EventType = "click", UserId = "u1", ValueMicros = 0, TimestampMs = Time - 1000, Extra = [("page", "/")] },
        new() { EventType = "click", Product = "laptop", ValueMicros = -500_000, TimestampMs = Time + 1, Extra = [("ref", "é"), ("page", "/")] },
    ];

    private static readonly TestEvent[] Many =
        [.. Enumerable.Range(0, 4096).Select(i => new TestEvent { EventType = $"type-{i % 300:D4}", TimestampMs = Time + i })];

    [Fact]
    public void The_frames_of_the_document_are_written_and_read_byte_by_byte()
    {
        var vectors = HexBlocks().Matches(Document()).Select(m => Convert.FromHexString(string.Concat(m.Groups["hex"].Value.Where(char.IsAsciiHexDigit)))).ToArray();
        Assert.Equal(2, vectors.Length);
        foreach (var (vector, events) in vectors.Zip([One, Three]))
        {
            Assert.Equal(Convert.ToHexString(vector), Convert.ToHexString(FrameBytes.Of(events)));
            Holds(vector, events);
        }
    }

    [Fact]
    public void The_large_frame_of_the_document_has_its_length_and_checksum()
    {
        var frame = FrameBytes.Of(Many);
        var crc = BinaryPrimitives.ReadUInt32LittleEndian(frame.AsSpan(4));
        Assert.Contains($"length {frame.Length} bytes, crc-32c {crc:X8}", Document());
        Holds(frame, Many);
    }

    private static void Holds(byte[] frame, TestEvent[] events)
    {
        var batch = new EventBatch(["event_id", "user_id", "product", "session_id", "page", "ref"]);
        Assert.Equal(EventFault.None, new FrameDecoder(batch).Decode(frame, Time));
        BatchAssert.Holds(batch, events, Time, "docs/frame.md");
    }

    private static string Document([CallerFilePath] string here = "") =>
        File.ReadAllText(Path.Combine(Path.GetDirectoryName(here)!, "../../../docs/frame.md"));

    [GeneratedRegex("```hex\n(?<hex>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex HexBlocks();
}
