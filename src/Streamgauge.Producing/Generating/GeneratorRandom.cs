using System.Numerics;
using System.Runtime.InteropServices;

namespace Streamgauge.Producing;

/// <summary>xoshiro256**, seeded by splitmix64. Our own, because <see cref="Random"/> with a seed may change between .NET versions.</summary>
/// <remarks>Source: Blackman and Vigna, "Scrambled linear pseudorandom number generators", prng.di.unimi.it. A mutable struct: never copy it.</remarks>
[StructLayout(LayoutKind.Auto)]
internal struct GeneratorRandom
{
    private ulong _s0;
    private ulong _s1;
    private ulong _s2;
    private ulong _s3;

    public GeneratorRandom(ulong seed)
    {
        _s0 = SplitMix(ref seed);
        _s1 = SplitMix(ref seed);
        _s2 = SplitMix(ref seed);
        _s3 = SplitMix(ref seed);
    }

    public ulong Next()
    {
        var result = BitOperations.RotateLeft(_s1 * 5, 7) * 9;
        var t = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= t;
        _s3 = BitOperations.RotateLeft(_s3, 45);
        return result;
    }

    /// <summary>Maps 32 random bits onto 0 … <paramref name="bound"/> - 1. The bias is below bound / 2^32.</summary>
    public static int Scale(uint bits, int bound) => (int)(((ulong)bits * (uint)bound) >> 32);

    /// <summary>One step of splitmix64; also a good mixer of two seeds.</summary>
    public static ulong SplitMix(ref ulong state)
    {
        var z = state += 0x9E37_79B9_7F4A_7C15;
        z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9;
        z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB;
        return z ^ (z >> 31);
    }
}
