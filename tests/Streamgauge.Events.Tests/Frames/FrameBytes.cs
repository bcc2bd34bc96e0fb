using System.Buffers.Binary;

namespace Streamgauge.Events.Tests;

/// <summary>Frames made by hand, byte by byte, for what no writer would write.</summary>
internal static class FrameBytes
{
    public static byte[] Varint(ulong value)
    {
        var bytes = new byte[10];
        return bytes[..Streamgauge.Events.Varint.Write(bytes, value)];
    }

    public static byte[] Frame(ulong events, params byte[][] columns) => Sealed([.. Varint(events), .. Varint(1000), (byte)columns.Length, .. columns.SelectMany(c => c)]);

    public static byte[] Sealed(byte[] body)
    {
        byte[] frame = [.. "SGF"u8, 1, 0, 0, 0, 0, 0, 0, 0, 0, .. body];
        BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(8), body.Length);
        return Rechecked(frame);
    }

    public static byte[] Rechecked(byte[] frame)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(4), Crc32C.Compute(frame.AsSpan(8)));
        return frame;
    }

    public static byte[] Column(int field, int encoding, params byte[] payload) => [(byte)field, (byte)encoding, .. Varint((ulong)payload.Length), .. payload];

    public static byte[] Extra(string name, int encoding, params byte[] payload) =>
        [0, .. Varint((ulong)name.Length), .. name.Select(c => (byte)c), (byte)encoding, .. Varint((ulong)payload.Length), .. payload];

    public static byte[] Times(int count) => Column(7, 3, new byte[count]);

    public static byte[] Type(int count) => Column(3, 1, [1, 1, (byte)'t', .. Enumerable.Repeat((byte)1, count)]);

    public static byte[] Of(IEnumerable<TestEvent> events)
    {
        var writer = new FrameWriter();
        foreach (var e in events) writer.Add(e.Fields());
        return writer.Seal().ToArray();
    }
}
