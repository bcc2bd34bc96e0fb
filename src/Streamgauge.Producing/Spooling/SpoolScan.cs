using Streamgauge.Events;

namespace Streamgauge.Producing;

/// <summary>Reads a segment that an earlier process left, whole, before anything of it is sent.</summary>
/// <param name="Length">Bytes that are sound.</param>
/// <param name="TornBytes">Bytes of a last record that was not written to its end; only the last segment may have some.</param>
internal readonly record struct SpoolScan(int Records, long Events, long FirstAtMs, long LastAtMs, long Length, long TornBytes)
{
    /// <exception cref="SpoolException">A record is damaged: with file, offset and remedy.</exception>
    public static SpoolScan Read(string path, ReadOnlySpan<byte> bytes, string stream, bool isLast)
    {
        if (!SpoolSegment.TryReadHead(path, bytes, stream, out var at))
        {
            if (!isLast) ThrowDamaged(path, 0, bytes.Length, "the head is cut off, although files follow");
            return new SpoolScan { TornBytes = bytes.Length };
        }

        var (records, events, firstAtMs, lastAtMs) = (0, 0L, 0L, 0L);
        while (at < bytes.Length)
        {
            var rest = bytes[at..];
            if (IsTorn(path, at, rest, out var bodyBytes, out var checksum))
            {
                if (!isLast) ThrowDamaged(path, at, rest.Length, "the record is cut off, although files follow");
                break;
            }

            var body = rest.Slice(SpoolRecord.HeaderBytes, bodyBytes);
            if (Crc32C.Compute(body) != checksum) ThrowDamaged(path, at, rest.Length, "the checksum is wrong");
            lastAtMs = SpoolRecord.WrittenAtMs(body);
            if (records++ == 0) firstAtMs = lastAtMs;
            events += SpoolRecord.Events(body);
            at += SpoolRecord.HeaderBytes + bodyBytes;
        }

        return new SpoolScan(records, events, firstAtMs, lastAtMs, at, bytes.Length - at);
    }

    // A kill leaves the beginning of a record, a power cut sometimes zeros. Everything else is damage.
    private static bool IsTorn(string path, int at, ReadOnlySpan<byte> rest, out int bodyBytes, out uint checksum)
    {
        (bodyBytes, checksum) = (0, 0);
        if (rest.Length < SpoolRecord.HeaderBytes) return true;
        if (SpoolRecord.TryReadHeader(rest, out bodyBytes, out checksum)) return rest.Length < SpoolRecord.HeaderBytes + bodyBytes;
        if (!rest.ContainsAnyExcept((byte)0)) return true;
        ThrowDamaged(path, at, rest.Length, "no record begins here");
        return false;
    }

    [System.Diagnostics.CodeAnalysis.DoesNotReturn]
    internal static void ThrowDamaged(string path, long at, long rest, string what) => throw new SpoolException(
        $"{path} is damaged at byte {at}: {what}. Neither that record nor what follows is sent. Restore the file; or give up the {rest:N0} bytes from there on with `truncate -s {at} {path}`, and start again.");
}
