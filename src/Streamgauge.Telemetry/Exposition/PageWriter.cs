using System.Buffers;
using System.Buffers.Text;

namespace Streamgauge.Telemetry;

/// <summary>Appends the lines of a page. Numbers are formatted in place; everything else is copied ready-made bytes.</summary>
internal ref struct PageWriter(IBufferWriter<byte> output)
{
    private const int NumberBytesMax = 32; // "-1.7976931348623157E+308" is 24

    private readonly IBufferWriter<byte> _output = output;
    private Span<byte> _span;
    private int _at;

    public void Raw(scoped ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_span[_at..]);
        _at += bytes.Length;
    }

    /// <summary><c>name{labels} </c>, ready for the value.</summary>
    public void SampleStart(scoped ReadOnlySpan<byte> name, scoped ReadOnlySpan<byte> labels) => SampleStart(name, default, labels);

    public void SampleStart(scoped ReadOnlySpan<byte> name, scoped ReadOnlySpan<byte> suffix, scoped ReadOnlySpan<byte> labels)
    {
        Raw(name);
        Raw(suffix);
        if (!labels.IsEmpty)
        {
            Raw("{"u8);
            Raw(labels);
            Raw("}"u8);
        }

        Raw(" "u8);
    }

    /// <summary><c>name_bucket{labels,le="…"} </c>, ready for the value.</summary>
    public void BucketStart(scoped ReadOnlySpan<byte> name, scoped ReadOnlySpan<byte> labels, scoped ReadOnlySpan<byte> le)
    {
        Raw(name);
        Raw("_bucket{"u8);
        Raw(labels);
        if (!labels.IsEmpty) Raw(","u8);
        Raw(le);
        Raw("} "u8);
    }

    public void Value(long value)
    {
        Reserve(NumberBytesMax);
        Utf8Formatter.TryFormat(value, _span[_at..], out var written);
        _at += written;
        Raw("\n"u8);
    }

    public void Value(double value)
    {
        if (double.IsNaN(value)) Raw("NaN"u8);
        else if (double.IsPositiveInfinity(value)) Raw("+Inf"u8);
        else if (double.IsNegativeInfinity(value)) Raw("-Inf"u8);
        else
        {
            Reserve(NumberBytesMax);
            value.TryFormat(_span[_at..], out var written);
            _at += written;
        }

        Raw("\n"u8);
    }

    public void Flush()
    {
        if (_at > 0) _output.Advance(_at);
        _span = default;
        _at = 0;
    }

    private void Reserve(int size)
    {
        if (_span.Length - _at >= size) return;
        Flush();
        _span = _output.GetSpan(Math.Max(size, 4096));
    }
}
