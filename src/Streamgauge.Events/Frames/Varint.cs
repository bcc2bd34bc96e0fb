using System.Numerics;
using System.Runtime.CompilerServices;

namespace Streamgauge.Events;

/// <summary>LEB128 integers: seven bits a byte, least significant first, high bit set on all but the last.</summary>
internal static class Varint
{
    public const int BytesMax = 10; // 64 bits in groups of 7

    public static int Write(Span<byte> output, ulong value)
    {
        var at = 0;
        while (value >= 0x80)
        {
            output[at++] = (byte)(value | 0x80);
            value >>= 7;
        }

        output[at++] = (byte)value;
        return at;
    }

    /// <summary>How many bytes <see cref="Write"/> takes for <paramref name="value"/>.</summary>
    public static int Size(ulong value) => (BitOperations.Log2(value | 1) / 7) + 1;

    /// <summary>False when the bytes end first or the number needs more than 64 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryRead(ReadOnlySpan<byte> input, ref int at, out ulong value)
    {
        if ((uint)at < (uint)input.Length && input[at] < 0x80) // most lengths and differences are this small
        {
            value = input[at++];
            return true;
        }

        return TryReadLong(input, ref at, out value);
    }

    private static bool TryReadLong(ReadOnlySpan<byte> input, ref int at, out ulong value)
    {
        value = 0;
        for (var shift = 0; shift < 64 && at < input.Length; shift += 7)
        {
            var b = input[at++];
            if (shift == 63 && b > 1) return false;
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80) return true;
        }

        return false;
    }

    public static ulong Zigzag(long value) => (ulong)((value << 1) ^ (value >> 63));

    public static long Unzigzag(ulong value) => (long)(value >> 1) ^ -(long)(value & 1);
}
