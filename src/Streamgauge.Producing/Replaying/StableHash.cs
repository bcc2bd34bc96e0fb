using System.Buffers.Binary;
using System.Numerics;

namespace Streamgauge.Producing;

/// <summary>A hash that is the same on every machine and in every run. Against chance only: nobody gains from a collision.</summary>
internal static class StableHash
{
    public static ulong Of(ReadOnlySpan<byte> text)
    {
        var hash = Mix(0x9E37_79B9_7F4A_7C15 ^ (ulong)text.Length);
        for (; text.Length >= sizeof(ulong); text = text[sizeof(ulong)..]) hash = Mix(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(text));
        ulong tail = 0;
        foreach (var b in text) tail = (tail << 8) | b;
        return Mix(Mix(hash ^ tail));
    }

    private static ulong Mix(ulong value)
    {
        var high = Math.BigMul(value, 0xA076_1D64_78BD_642F, out var low);
        return BitOperations.RotateLeft(high, 23) ^ low;
    }
}
