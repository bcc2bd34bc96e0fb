using System.Text;
using Streamgauge.Resp;

namespace Streamgauge.Streams;

/// <summary>Writes the head of an <c>FCALL</c> without allocating.</summary>
internal static class FunctionCall
{
    public static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    /// <summary>Writes <c>FCALL function key-count</c>; keys and arguments follow, one bulk each.</summary>
    public static void WriteHead(RespWriter output, ReadOnlySpan<byte> function, int keyCount, int argumentCount)
    {
        output.WriteCommandHeader(3 + keyCount + argumentCount);
        output.WriteBulk("FCALL"u8);
        output.WriteBulk(function);
        output.WriteBulk(keyCount);
    }

    public static void WriteId(RespWriter output, StreamEntryId id)
    {
        Span<byte> text = stackalloc byte[StreamEntryId.TextBytesMax];
        output.WriteBulk(text[..id.Format(text)]);
    }

    public static void WriteSum(RespWriter output, Int128 sum)
    {
        Span<byte> text = stackalloc byte[40]; // 39 digits and a sign
        sum.TryFormat(text, out var written, default, System.Globalization.CultureInfo.InvariantCulture);
        output.WriteBulk(text[..written]);
    }

    /// <summary>One bulk made of three parts: a stored field name.</summary>
    public static void WriteField(RespWriter output, ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> group, ReadOnlySpan<byte> suffix)
    {
        var length = prefix.Length + group.Length + suffix.Length;
        output.WriteBulkHeader(length);
        var span = output.GetSpan(length);
        prefix.CopyTo(span);
        group.CopyTo(span[prefix.Length..]);
        suffix.CopyTo(span[(prefix.Length + group.Length)..]);
        output.Advance(length);
        output.WriteBulkEnd();
    }
}
