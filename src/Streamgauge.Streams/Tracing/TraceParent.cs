using System.Diagnostics;
using System.Text;

namespace Streamgauge.Streams;

/// <summary>The trace an entry belongs to, in its field <c>traceparent</c>.</summary>
/// <remarks>Shape: <c>00-&lt;32 hex&gt;-&lt;16 hex&gt;-&lt;2 hex&gt;</c>, 55 bytes. Source: W3C Trace Context, level 1.</remarks>
public static class TraceParent
{
    /// <summary>Size of the field in an entry, its name included, in bytes.</summary>
    internal const int FieldBytes = 11 + Bytes;

    private const int Bytes = 55;

    /// <summary>Name of the entry field.</summary>
    public static ReadOnlySpan<byte> Field => "traceparent"u8;

    /// <summary>Reads a field; false for one that is malformed, and for a trace that is not recorded, as nobody would ever see what belongs to it.</summary>
    public static bool TryRead(ReadOnlySpan<byte> value, out ActivityContext context)
    {
        context = default;
        return value.Length == Bytes && ActivityContext.TryParse(Encoding.ASCII.GetString(value), traceState: null, isRemote: true, out context) && context.TraceFlags.HasFlag(ActivityTraceFlags.Recorded);
    }
}
