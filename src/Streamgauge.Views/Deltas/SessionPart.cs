using System.Runtime.InteropServices;

namespace Streamgauge.Views;

/// <summary>A session of one id, as far as one batch knows it.</summary>
/// <param name="StartMs">Time of its first event, Unix milliseconds.</param>
/// <param name="EndMs">Time of its last event, Unix milliseconds.</param>
/// <param name="Entry">Type of the event at the start, a symbol; of several at once the smallest text.</param>
/// <param name="Exit">Type of the event at the end, a symbol; of several at once the greatest text.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct SessionPart(long StartMs, long EndMs, int Events, int Entry, int Exit);
