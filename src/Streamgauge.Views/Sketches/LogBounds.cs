using System.Numerics;

namespace Streamgauge.Views;

/// <summary>Where the cells of a <see cref="LogHistogram"/> begin: each about 2 % further out than the one before.</summary>
/// <remarks>
/// Integers only: <c>next = max(bound + 1, ⌊bound · 101 / 99⌋)</c>. Logarithms would put a value near a bound into different cells on different
/// machines, and stored bytes must be the same on all. Cell <c>i</c> holds magnitudes from <c>Bounds[i]</c> to below <c>Bounds[i + 1]</c>.
/// </remarks>
internal static class LogBounds
{
    /// <summary>Magnitudes up to this one have a cell of their own.</summary>
    public const int Exact = 99;

    // A start per 32nd of an octave: it begins at most two cells below any of its magnitudes.
    private const int StartBits = 5;

    /// <summary>Lower bounds by index, and the end of the last cell.</summary>
    private static readonly ulong[] Bounds = Build();
    private static readonly ushort[] Starts = BuildStarts();

    /// <summary>Largest index.</summary>
    public static int IndexMax { get; } = Bounds.Length - 2;

    /// <summary>Lower bound of a cell.</summary>
    public static ulong LowerOf(int index) => Bounds[index];

    /// <summary>Index of the cell that holds a magnitude of at most <see cref="long.MaxValue"/>.</summary>
    public static int IndexOf(ulong magnitude)
    {
        if (magnitude <= Exact) return (int)magnitude;
        var index = (int)Starts[StartOf(magnitude)];
        var bounds = Bounds;
        index += bounds[index + 1] <= magnitude ? 1 : 0; // two steps without a branch: which one ends it cannot be predicted
        return index + (bounds[index + 1] <= magnitude ? 1 : 0);
    }

    // As a float of 5 bits would be written: the octave, then the bits below the leading one.
    private static int StartOf(ulong magnitude)
    {
        var octave = BitOperations.Log2(magnitude);
        return (octave << StartBits) | (int)((magnitude >> (octave - StartBits)) & ((1 << StartBits) - 1));
    }

    private static ulong[] Build()
    {
        var bounds = new List<ulong> { 0 };
        for (ulong bound = 1; bound <= long.MaxValue; bound = Math.Max(bound + 1, bound + (2 * bound / 99))) bounds.Add(bound); // · 101 / 99, without leaving 64 bits
        bounds.Add(ulong.MaxValue); // the end of the last cell
        return [.. bounds];
    }

    private static ushort[] BuildStarts()
    {
        var starts = new ushort[64 << StartBits];
        for (var start = StartBits << StartBits; start < starts.Length; start++)
        {
            var octave = start >> StartBits;
            var lowest = (1UL << octave) | ((ulong)(start & ((1 << StartBits) - 1)) << (octave - StartBits));
            var index = Array.BinarySearch(Bounds, lowest);
            starts[start] = (ushort)(index >= 0 ? index : ~index - 1);
        }

        return starts;
    }
}
