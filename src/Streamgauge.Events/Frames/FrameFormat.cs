namespace Streamgauge.Events;

/// <summary>Constants of frame version 1; the format itself is drawn in <c>docs/frame.md</c>.</summary>
public static class FrameFormat
{
    /// <summary>Name of the entry field that holds a frame. An entry whose first field has this name is a frame, every other one is a plain event.</summary>
    public static ReadOnlySpan<byte> EntryField => "sg:frame"u8;

    /// <summary>Most events in one frame.</summary>
    public const int EventsMax = 4096;

    /// <summary>Largest frame, in bytes. Far above what senders make (they seal near 32 KiB), far below what would stall Redis.</summary>
    public const int BytesMax = 1024 * 1024;

    internal static ReadOnlySpan<byte> Magic => "SGF"u8;
    internal const byte Version = 1;

    // 0       3 4        8          12
    // | "SGF" |1| crc32c | body size | body …
    internal const int HeaderBytes = 12;

    internal const byte EncodingDictionary = 1;
    internal const byte EncodingPlain = 2;
    internal const byte EncodingTime = 3;
    internal const byte EncodingValue = 4;
    internal const int ColumnsMax = 7 + EventLimits.ExtraFieldsMax;
}
