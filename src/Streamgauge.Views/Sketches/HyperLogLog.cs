using System.Numerics;
using System.Runtime.InteropServices;

namespace Streamgauge.Views;

/// <summary>Estimates how many different values were added. Merges by the larger of each register, so in any order, as often as you like.</summary>
/// <remarks>
/// Stored sparse, 3 bytes per register that is not zero, ascending: <c>index high, index low, rank</c>; dense, <see cref="RegisterCount"/> bytes of rank,
/// as soon as more than <see cref="SparseMax"/> are not zero. The same set always gives the same bytes. Reused by <see cref="Clear"/>; not thread-safe.
/// </remarks>
public sealed partial class HyperLogLog
{
    /// <summary>Bits of the hash that choose the register.</summary>
    public const int Precision = 12;

    /// <summary>Registers, and the bytes of the dense form.</summary>
    public const int RegisterCount = 1 << Precision;

    /// <summary>Registers above zero up to which the sparse form is used; it is then at most half as long as the dense one.</summary>
    public const int SparseMax = 682;

    /// <summary>Standard error of an estimate, relative: 1.04 / √4096.</summary>
    public const double StandardError = 1.04 / 64;

    /// <summary>Largest rank: the 52 bits below the index all zero.</summary>
    public const int RankMax = HashBits + 1;

    private const int HashBits = 64 - Precision;
    private const int SparseBytes = 3;

    private readonly byte[] _registers = new byte[RegisterCount];
    private readonly int[] _ranks = new int[RankMax + 1]; // registers per rank, what the estimate is made of
    private bool _ranksStale; // after a dense merge they are counted anew when asked for

    /// <summary>Makes an empty set.</summary>
    public HyperLogLog() => _ranks[0] = RegisterCount;

    /// <summary>The register a value falls into, and the rank it has there.</summary>
    public static (int Register, byte Rank) Locate(ReadOnlySpan<byte> value)
    {
        var hash = StableHash.Of(value);
        // The guard bit ends the run of zeros where the hash ends.
        var rank = BitOperations.LeadingZeroCount((hash << Precision) | (1UL << (Precision - 1))) + 1;
        return ((int)(hash >> HashBits), (byte)rank);
    }

    /// <summary>Raises a register to a rank; what <see cref="Locate"/> gave.</summary>
    public void Add(int register, byte rank)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rank, RankMax);
        Raise(register, rank);
    }

    /// <summary>Adds what was stored, in either form.</summary>
    /// <exception cref="FormatException">No stored registers; nothing was added.</exception>
    public void Merge(ReadOnlySpan<byte> stored)
    {
        Check(stored);
        MergeChecked(stored);
    }

    /// <summary>Adds what <see cref="Check"/> let pass before, as in a <see cref="BucketContent"/>.</summary>
    internal void MergeChecked(ReadOnlySpan<byte> stored)
    {
        if (stored.Length == RegisterCount)
        {
            RaiseAll(stored);
            return;
        }

        for (var at = 0; at + 2 < stored.Length; at += SparseBytes) Raise((stored[at] << 8) | stored[at + 1], stored[at + 2]);
    }

    /// <summary>Adds another set.</summary>
    public void Merge(HyperLogLog other) => RaiseAll(other._registers);

    /// <summary>Starts over.</summary>
    public void Clear()
    {
        Array.Clear(_registers);
        Array.Clear(_ranks);
        _ranks[0] = RegisterCount;
        _ranksStale = false;
    }

    /// <summary>The registers as they are stored; empty for an empty set.</summary>
    public byte[] ToStored()
    {
        var used = RegisterCount - Ranks()[0];
        if (used > SparseMax) return (byte[])_registers.Clone();
        var stored = new byte[used * SparseBytes];
        var at = 0;
        for (var register = 0; register < RegisterCount; register++)
        {
            if (_registers[register] == 0) continue;
            stored[at++] = (byte)(register >> 8);
            stored[at++] = (byte)register;
            stored[at++] = _registers[register];
        }

        return stored;
    }

    /// <summary>Throws unless these are stored registers.</summary>
    /// <exception cref="FormatException">Says what is wrong with them.</exception>
    public static void Check(ReadOnlySpan<byte> stored)
    {
        if (stored.Length == RegisterCount)
        {
            if (stored.ContainsAnyExceptInRange((byte)0, (byte)RankMax)) throw new FormatException($"dense registers have a rank above {RankMax}");
            return;
        }

        if (stored.Length % SparseBytes != 0 || stored.Length > SparseMax * SparseBytes)
            throw new FormatException($"registers are {SparseBytes} bytes each and at most {SparseMax}, or {RegisterCount} bytes; these are {stored.Length} bytes");
        for (var previous = -1; !stored.IsEmpty; stored = stored[SparseBytes..])
        {
            var register = (stored[0] << 8) | stored[1];
            if (register <= previous || register >= RegisterCount || stored[2] is 0 or > RankMax)
                throw new FormatException($"sparse register {register} of rank {stored[2]} after {previous}: expected ascending below {RegisterCount}, ranks 1 to {RankMax}");
            previous = register;
        }
    }

    private void Raise(int register, byte rank)
    {
        if (_ranksStale)
        {
            // Counted anew anyway.
            if (rank > _registers[register]) _registers[register] = rank;
            return;
        }

        ref var held = ref _registers[register];
        if (rank <= held) return;
        _ranks[held]--;
        _ranks[rank]++;
        held = rank;
    }

    private void RaiseAll(ReadOnlySpan<byte> ranks)
    {
        var mine = MemoryMarshal.Cast<byte, Vector<byte>>(_registers.AsSpan()); // a power of two long, so it ends with a whole vector
        var theirs = MemoryMarshal.Cast<byte, Vector<byte>>(ranks);
        for (var i = 0; i < mine.Length; i++) mine[i] = Vector.Max(mine[i], theirs[i]);
        _ranksStale = true;
    }

    private int[] Ranks()
    {
        if (!_ranksStale) return _ranks;
        // Four counts side by side: neighbours mostly have the same rank, and each increment would wait for the one before.
        const int Lanes = 4;
        Span<int> lanes = stackalloc int[Lanes << 8];
        lanes.Clear();
        for (var i = 0; i < RegisterCount; i += Lanes)
        {
            lanes[_registers[i]]++;
            lanes[256 + _registers[i + 1]]++;
            lanes[512 + _registers[i + 2]]++;
            lanes[768 + _registers[i + 3]]++;
        }

        for (var rank = 0; rank < _ranks.Length; rank++) _ranks[rank] = lanes[rank] + lanes[256 + rank] + lanes[512 + rank] + lanes[768 + rank];
        _ranksStale = false;
        return _ranks;
    }
}
