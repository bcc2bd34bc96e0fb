using System.Buffers.Binary;
using System.Numerics;

namespace Streamgauge.Views;

/// <summary>64 bits of a byte string, the same on every machine and for ever: stored registers are made of it.</summary>
/// <remarks>
/// Little-endian words of 8 bytes, the last padded with zeros; the length is in the seed, so padding is not mistaken for content. Each step is
/// invertible for a given word, so values of up to 8 bytes and one length never collide. Constants: primes of xxHash64 (Collet); finalizer: variant 13 of
/// Stafford's mixers, as in SplitMix64 (Steele, Lea, Flood 2014). Not keyed: whoever chooses names can choose collisions, which costs an estimate, no memory.
/// Test vectors: "" 0xB39362CB946013E3, "a" 0x8CFD2F03495E07E0, "user-12345" 0x6FD8B362F6522D92.
/// </remarks>
internal static class StableHash
{
    private const ulong Prime1 = 0x9E3779B185EBCA87;
    private const ulong Prime2 = 0xC2B2AE3D27D4EB4F;
    private const ulong Prime3 = 0x165667B19E3779F9;

    public static ulong Of(ReadOnlySpan<byte> value)
    {
        var hash = Prime3 + ((ulong)value.Length * Prime2);
        while (value.Length >= sizeof(ulong))
        {
            hash = Step(hash, BinaryPrimitives.ReadUInt64LittleEndian(value));
            value = value[sizeof(ulong)..];
        }

        if (!value.IsEmpty)
        {
            ulong word = 0;
            for (var i = value.Length - 1; i >= 0; i--) word = (word << 8) | value[i];
            hash = Step(hash, word);
        }

        hash = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9;
        hash = (hash ^ (hash >> 27)) * 0x94D049BB133111EB;
        return hash ^ (hash >> 31);
    }

    private static ulong Step(ulong hash, ulong word) =>
        (BitOperations.RotateLeft(hash ^ (BitOperations.RotateLeft(word * Prime2, 31) * Prime1), 27) * Prime1) + Prime3;
}
