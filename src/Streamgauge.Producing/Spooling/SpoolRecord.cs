using System.Buffers.Binary;
using System.Text;
using Streamgauge.Events;
using Streamgauge.Resp;
using Streamgauge.Streams;

namespace Streamgauge.Producing;

/// <summary>One send as it lies in a spool. Little-endian; see <c>docs/adr/0010-spool-in-an-outage.md</c>.</summary>
/// <remarks>
/// <code>
///  0  u32 bytes of the body
///  4  u32 CRC-32C of the body
///  8  u32 CRC-32C of the eight bytes before: a length that is damaged is told from a record that was cut off
/// 12  body: i64 sequence, i64 written at (Unix ms), i32 events, i32 entries, i32 arguments, u16 length of the producer's name, the name, the arguments as RESP bulks
/// </code>
/// </remarks>
internal static class SpoolRecord
{
    public const int HeaderBytes = 12;

    /// <summary>More than a record ever adds to its send's bytes: header, numbers, a producer's name, and the fields around a frame.</summary>
    public const int OverheadBytesMax = 1024;

    public const int BodyBytesMax = 64 * 1024 * 1024; // far above the largest send; a larger length is damage

    private const int NumbersBytes = 8 + 8 + 4 + 4 + 4 + 2;

    /// <summary>Appends one record to <paramref name="output"/>.</summary>
    /// <param name="arguments">What <see cref="SequencedAppend.CopyTo"/> collected.</param>
    public static void Write(RespWriter output, SequencedAppend append, RespWriter arguments, long nowMs)
    {
        var name = Encoding.UTF8.GetByteCount(append.Producer);
        var bodyBytes = NumbersBytes + name + arguments.Length;
        var record = output.GetSpan(HeaderBytes + bodyBytes)[..(HeaderBytes + bodyBytes)];
        var body = record[HeaderBytes..];
        BinaryPrimitives.WriteInt64LittleEndian(body, append.Sequence);
        BinaryPrimitives.WriteInt64LittleEndian(body[8..], nowMs);
        BinaryPrimitives.WriteInt32LittleEndian(body[16..], append.Count);
        BinaryPrimitives.WriteInt32LittleEndian(body[20..], append.Entries);
        BinaryPrimitives.WriteInt32LittleEndian(body[24..], arguments.ArgumentCount);
        BinaryPrimitives.WriteUInt16LittleEndian(body[28..], (ushort)name);
        Encoding.UTF8.GetBytes(append.Producer, body[NumbersBytes..]);
        arguments.WrittenSpan.CopyTo(body[(NumbersBytes + name)..]);
        BinaryPrimitives.WriteInt32LittleEndian(record, bodyBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(record[4..], Crc32C.Compute(body));
        BinaryPrimitives.WriteUInt32LittleEndian(record[8..], Crc32C.Compute(record[..8]));
        output.Advance(record.Length);
    }

    /// <summary>Reads a header; false when it is none.</summary>
    public static bool TryReadHeader(ReadOnlySpan<byte> header, out int bodyBytes, out uint checksum)
    {
        bodyBytes = BinaryPrimitives.ReadInt32LittleEndian(header);
        checksum = BinaryPrimitives.ReadUInt32LittleEndian(header[4..]);
        return BinaryPrimitives.ReadUInt32LittleEndian(header[8..]) == Crc32C.Compute(header[..8]) && bodyBytes is >= NumbersBytes and <= BodyBytesMax;
    }

    public static int Events(ReadOnlySpan<byte> body) => BinaryPrimitives.ReadInt32LittleEndian(body[16..]);

    public static long WrittenAtMs(ReadOnlySpan<byte> body) => BinaryPrimitives.ReadInt64LittleEndian(body[8..]);

    /// <summary>Takes a body apart whose checksum was right.</summary>
    public static void Read(ReadOnlySpan<byte> body, StoredAppend into)
    {
        var name = BinaryPrimitives.ReadUInt16LittleEndian(body[28..]);
        into.Take(
            Encoding.UTF8.GetString(body.Slice(NumbersBytes, name)),
            BinaryPrimitives.ReadInt64LittleEndian(body),
            BinaryPrimitives.ReadInt32LittleEndian(body[16..]),
            BinaryPrimitives.ReadInt32LittleEndian(body[20..]),
            BinaryPrimitives.ReadInt32LittleEndian(body[24..]),
            body[(NumbersBytes + name)..]);
    }
}
