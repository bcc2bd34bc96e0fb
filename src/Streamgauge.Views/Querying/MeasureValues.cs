using System.Buffers.Text;
using Streamgauge.Events;

namespace Streamgauge.Views;

/// <summary>One measure of one series: a value per point, or one for a total.</summary>
/// <remarks>
/// Counts and unique values are whole numbers; everything else is in millionths (<see cref="IsMicros"/>). Quantiles have four parts per point. All series
/// of a measure share one array; to write a value into a buffer: <see cref="Format"/>.
/// </remarks>
public sealed class MeasureValues
{
    /// <summary>The quantiles that are told.</summary>
    public static IReadOnlyList<string> QuantileNames { get; } = ["p50", "p90", "p95", "p99"];

    /// <summary>Longest text of a value, bytes: a sign, 39 digits, a point.</summary>
    public const int FormatBytesMax = 41;

    internal const long Absent = BucketContent.Absent;

    private readonly long[]? _numbers;
    private readonly Int128[]? _sums; // a range may add up to more than the 64 bits each bucket has
    private readonly int _offset;

    internal MeasureValues(Measure measure, long[]? numbers, Int128[]? sums, int offset, int count)
    {
        (Measure, Count) = (measure, count);
        (_numbers, _sums, _offset) = (numbers, sums, offset);
    }

    /// <summary>What is measured.</summary>
    public Measure Measure { get; }

    /// <summary>Points.</summary>
    public int Count { get; }

    /// <summary>Values per point: 4 for quantiles, named by <see cref="QuantileNames"/>; otherwise 1.</summary>
    public int Parts => PartsOf(Measure.Kind);

    /// <summary>Whether numbers are in millionths.</summary>
    public bool IsMicros => Measure.Kind is not (MeasureKind.Count or MeasureKind.Unique);

    /// <summary>A value: whole, or in millionths; null when there is none, as an average of nothing.</summary>
    public Int128? Number(int point, int part = 0)
    {
        var at = _offset + (point * Parts) + part;
        if (_sums is not null) return _sums[at];
        return _numbers![at] is var number && number == Absent ? null : number;
    }

    /// <summary>Writes a value as a plain decimal, <c>null</c> when there is none; returns bytes written.</summary>
    /// <param name="output">Holds <see cref="FormatBytesMax"/> bytes.</param>
    public int Format(Span<byte> output, int point, int part = 0)
    {
        var at = _offset + (point * Parts) + part;
        if (_sums is not null)
        {
            var sum = _sums[at];
            return sum == (long)sum ? FixedPoint.Format((long)sum, output) : FormatLarge(sum, output);
        }

        var number = _numbers![at];
        if (number == Absent)
        {
            "null"u8.CopyTo(output);
            return 4;
        }

        if (IsMicros) return FixedPoint.Format(number, output);
        Utf8Formatter.TryFormat(number, output, out var digits);
        return digits;
    }

    internal static int PartsOf(MeasureKind kind) => kind == MeasureKind.Quantiles ? 4 : 1;

    private static int FormatLarge(Int128 sum, Span<byte> output)
    {
        (sum / FixedPoint.MicrosPerUnit).TryFormat(output, out var written);
        Span<byte> fraction = stackalloc byte[32]; // "0.25": what stands behind the point follows the whole units
        var length = FixedPoint.Format((long)Int128.Abs(sum % FixedPoint.MicrosPerUnit), fraction);
        fraction[1..length].CopyTo(output[written..]);
        return written + length - 1;
    }
}
