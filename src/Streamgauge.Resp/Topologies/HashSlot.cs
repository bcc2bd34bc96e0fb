using System.Text;

namespace Streamgauge.Resp;

/// <summary>Which of the 16,384 slots of a Redis Cluster a key belongs to.</summary>
/// <remarks>Source: Redis cluster specification, "Key distribution model", "Hash tags" and appendix A.</remarks>
public static class HashSlot
{
    /// <summary>Slots of a cluster.</summary>
    public const int Count = 16_384;

    private const ushort Polynomial = 0x1021; // CRC-16/XMODEM: most significant bit first, begins with 0

    /// <summary>Slot of <paramref name="key"/>, 0 to 16,383: CRC16 of its hash tag, or of the whole key when it has none.</summary>
    public static int Of(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return Crc16(TagOf(Encoding.UTF8.GetBytes(key))) % Count;
    }

    // What stands between the first '{' and the first '}' after it, if that is anything.
    private static ReadOnlySpan<byte> TagOf(ReadOnlySpan<byte> key)
    {
        var open = key.IndexOf((byte)'{');
        if (open < 0) return key;
        var length = key[(open + 1)..].IndexOf((byte)'}');
        return length > 0 ? key.Slice(open + 1, length) : key;
    }

    // Bit by bit: once per connection, a table would not pay.
    internal static ushort Crc16(ReadOnlySpan<byte> bytes)
    {
        ushort crc = 0;
        foreach (var value in bytes)
        {
            crc ^= (ushort)(value << 8);
            for (var bit = 0; bit < 8; bit++) crc = (ushort)((crc & 0x8000) != 0 ? (crc << 1) ^ Polynomial : crc << 1);
        }

        return crc;
    }
}
