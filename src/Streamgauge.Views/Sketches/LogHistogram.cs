namespace Streamgauge.Views;

/// <summary>Counts of values in cells that grow with the values: quantiles to <see cref="RelativeError"/>, whatever the distribution.</summary>
/// <remarks>
/// Merges by addition. The layout is DDSketch's (Masson, Rim, Lee 2019) with bounds in integers (<see cref="LogBounds"/>); negative values mirror to
/// negative indexes, zero is index 0. Holds a window of counts from the lowest to the highest index used. Reused by <see cref="Clear"/>; not thread-safe.
/// </remarks>
public sealed class LogHistogram
{
    /// <summary>Largest distance of <see cref="ValueOf"/> from a value of its cell, relative to that value.</summary>
    public const double RelativeError = 0.01;

    private long[] _counts = [];
    private int _first; // index counted in _counts[0]
    private int _low = int.MaxValue;
    private int _high = int.MinValue;

    /// <summary>Largest index; the smallest is its negative.</summary>
    public static int IndexMax => LogBounds.IndexMax;

    /// <summary>Values counted.</summary>
    public long Count { get; private set; }

    /// <summary>Index of the cell that holds a value in millionths.</summary>
    public static int IndexOf(long micros)
    {
        if (micros >= 0) return LogBounds.IndexOf((ulong)micros);
        return -LogBounds.IndexOf((ulong)-Math.Max(micros, -long.MaxValue)); // long.MinValue has no positive twin
    }

    /// <summary>The value, in millionths, that stands for a cell.</summary>
    /// <remarks>
    /// <c>⌊lower · 101 / 100⌋</c>: at most 1 % above the lowest value of the cell, and as the highest is at most <c>lower · 101 / 99 - 1</c>,
    /// at most 1 % below that one.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">Beyond ±<see cref="IndexMax"/>.</exception>
    public static long ValueOf(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(index, IndexMax);
        ArgumentOutOfRangeException.ThrowIfLessThan(index, -IndexMax);
        var lower = LogBounds.LowerOf(Math.Abs(index));
        var value = (long)Math.Min(lower + (lower / 100), long.MaxValue);
        return index < 0 ? -value : value;
    }

    /// <summary>Adds values of a cell.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The index is beyond ±<see cref="IndexMax"/>, or the count is negative.</exception>
    public void Add(int index, long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (count == 0) return;
        if ((uint)(index - _first) >= (uint)_counts.Length) Widen(index);
        _counts[index - _first] += count;
        Count += count;
        _low = Math.Min(_low, index);
        _high = Math.Max(_high, index);
    }

    /// <summary>Adds stored cells, or takes off again what was added: <paramref name="sign"/> 1 or -1. Indexes ascend, counts are not negative.</summary>
    internal void AddCells(ReadOnlySpan<short> indexes, ReadOnlySpan<long> counts, int sign)
    {
        if (indexes.IsEmpty) return;
        var (low, high) = (indexes[0], indexes[^1]);
        if ((uint)(low - _first) >= (uint)_counts.Length) Widen(low);
        (_low, _high) = (Math.Min(_low, low), Math.Max(_high, low));
        if ((uint)(high - _first) >= (uint)_counts.Length) Widen(high);
        _high = Math.Max(_high, high);
        var mine = _counts.AsSpan();
        long added = 0;
        for (var i = 0; i < indexes.Length; i++)
        {
            var count = counts[i] * sign;
            mine[indexes[i] - _first] += count;
            added += count;
        }

        Count += added;
    }

    /// <summary>Adds another histogram.</summary>
    public void Merge(LogHistogram other)
    {
        if (other.Count == 0) return;
        Add(other._low, other._counts[other._low - other._first]); // both ends first: the window widens at most twice
        if (other._high != other._low) Add(other._high, other._counts[other._high - other._first]);
        for (var index = other._low + 1; index < other._high; index++) _counts[index - _first] += other._counts[index - other._first];
        Count += other.Count - other._counts[other._low - other._first];
        if (other._high != other._low) Count -= other._counts[other._high - other._first];
    }

    /// <summary>The smallest value, in millionths, that at least the share <paramref name="q"/> of all values do not exceed; null without values.</summary>
    public long? Quantile(double q)
    {
        if (Count == 0) return null;
        var rank = Math.Clamp((long)Math.Ceiling((q * Count) - 1e-9), 1, Count); // 0.07 · 100 is a little more than 7
        long below = 0;
        for (var index = _low; index <= _high; index++)
        {
            below += _counts[index - _first];
            if (below >= rank) return ValueOf(index);
        }

        return ValueOf(_high);
    }

    /// <summary>What is counted, by ascending index.</summary>
    public IEnumerable<(int Index, long Count)> Cells()
    {
        for (var index = _low; index <= _high; index++)
        {
            if (_counts[index - _first] is var count and > 0) yield return (index, count);
        }
    }

    /// <summary>Starts over; keeps the memory.</summary>
    public void Clear()
    {
        if (_low > _high) return;
        Array.Clear(_counts, _low - _first, _high - _low + 1);
        (_low, _high, Count) = (int.MaxValue, int.MinValue, 0);
    }

    private void Widen(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(index, IndexMax);
        ArgumentOutOfRangeException.ThrowIfLessThan(index, -IndexMax);
        const int Margin = 32; // an octave is 35 cells
        var empty = _low > _high;
        var first = Math.Max(-IndexMax, (empty ? index : Math.Min(index, _low)) - Margin);
        var last = Math.Min(IndexMax, (empty ? index : Math.Max(index, _high)) + Margin);
        var counts = new long[last - first + 1];
        if (!empty) Array.Copy(_counts, _low - _first, counts, _low - first, _high - _low + 1);
        (_counts, _first) = (counts, first);
    }
}
