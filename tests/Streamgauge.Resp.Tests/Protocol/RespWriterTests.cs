using System.Text;

namespace Streamgauge.Resp.Tests.Protocol;

public class RespWriterTests
{
    private readonly RespWriter _writer = new();

    private string Written => Encoding.UTF8.GetString(_writer.WrittenSpan);

    [Fact]
    public void Commands_are_written_byte_for_byte()
    {
        _writer.WriteCommandHeader(6);
        _writer.WriteBulk("SET"u8);
        _writer.WriteBulk("k\u00e4y");
        _writer.WriteBulk(long.MinValue);
        _writer.WriteBulk(ulong.MaxValue);
        _writer.WriteBulk(0L);
        _writer.WriteBulk(ReadOnlySpan<byte>.Empty);
        _writer.WriteCommandHeader(1);
        _writer.WriteBulk("PING");

        Assert.Equal("*6\r\n$3\r\nSET\r\n$4\r\nk\u00e4y\r\n$20\r\n-9223372036854775808\r\n$20\r\n18446744073709551615\r\n$1\r\n0\r\n$0\r\n\r\n*1\r\n$4\r\nPING\r\n", Written);
        Assert.Equal(_writer.WrittenMemory.Length, _writer.Length);
    }

    [Fact]
    public void A_payload_can_be_written_in_place()
    {
        _writer.WriteCommandHeader(1);
        _writer.WriteBulkHeader(6);
        "abc"u8.CopyTo(_writer.GetSpan(3));
        _writer.Advance(3);
        "def"u8.CopyTo(_writer.GetMemory(3).Span);
        _writer.Advance(3);
        _writer.WriteBulkEnd();
        Assert.Equal("*1\r\n$6\r\nabcdef\r\n", Written);
    }

    [Fact]
    public void The_buffer_grows_and_starts_anew_after_clear()
    {
        var big = new byte[5_000_000];
        Array.Fill(big, (byte)'x');
        _writer.WriteCommandHeader(1);
        _writer.WriteBulk(big);
        Assert.Equal("*1\r\n$5000000\r\n".Length + big.Length + 2, _writer.Length);
        Assert.True(_writer.WrittenSpan[^3..].SequenceEqual("x\r\n"u8));

        _writer.Clear();
        Assert.Equal(0, _writer.Length);
        _writer.WriteCommandHeader(1);
        _writer.WriteBulk("PING"u8);
        Assert.Equal("*1\r\n$4\r\nPING\r\n", Written);
    }

    [Fact]
    public void A_payload_of_another_length_than_announced_is_refused()
    {
        _writer.WriteCommandHeader(1);
        _writer.WriteBulkHeader(4);
        _writer.Advance(3);
        Assert.Throws<InvalidOperationException>(_writer.WriteBulkEnd);
    }

    [Fact]
    public void More_or_fewer_arguments_than_announced_are_refused()
    {
        Assert.Throws<InvalidOperationException>(() => _writer.WriteBulk("early"u8));
        _writer.WriteCommandHeader(2);
        _writer.WriteBulk("GET"u8);
        Assert.Throws<InvalidOperationException>(() => _writer.WriteCommandHeader(1));
        _writer.WriteBulk("key"u8);
        Assert.Throws<InvalidOperationException>(() => _writer.WriteBulk("more"u8));
        Assert.Throws<InvalidOperationException>(_writer.WriteBulkEnd);
        Assert.Throws<ArgumentOutOfRangeException>(() => _writer.WriteCommandHeader(0));
    }
}
