using System.Buffers.Binary;

namespace Streamgauge.Producing;

/// <summary>Numbers as text of fixed width: ids that never change length need no length bookkeeping and pack well.</summary>
internal static class FixedText
{
    /// <summary>Writes eight lower-case hex digits.</summary>
    public static void WriteHex8(uint value, Span<byte> output)
    {
        // Spreads the eight nibbles into eight bytes, then adds '0', or 'a' - 10 where the nibble is over 9; all in one register.
        ulong x = value;
        x = ((x & 0xFFFF_0000) << 16) | (x & 0xFFFF);
        x = ((x & 0x0000_FF00_0000_FF00) << 8) | (x & 0x0000_00FF_0000_00FF);
        x = ((x & 0x00F0_00F0_00F0_00F0) << 4) | (x & 0x000F_000F_000F_000F);
        var isLetter = ((x + 0x0606_0606_0606_0606) >> 4) & 0x0101_0101_0101_0101;
        BinaryPrimitives.WriteUInt64BigEndian(output, x + 0x3030_3030_3030_3030 + (isLetter * ('a' - '0' - 10)));
    }

    /// <summary>Writes eight decimal digits of a number below 100,000,000.</summary>
    public static void WriteDecimal8(uint value, Span<byte> output)
    {
        for (var at = 7; at >= 0; at--)
        {
            var rest = value / 10;
            output[at] = (byte)('0' + (value - (rest * 10)));
            value = rest;
        }
    }
}
