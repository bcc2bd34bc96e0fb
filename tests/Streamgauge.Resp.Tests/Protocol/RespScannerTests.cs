namespace Streamgauge.Resp.Tests.Protocol;

public class RespScannerTests
{
    private const int ReplyBytesMax = 1024;
    private const int DepthMax = 8;

    [Fact]
    public void Every_reply_read_whole_gives_its_answer()
    {
        foreach (var (wire, answer) in Replies.All)
        {
            var bytes = Replies.Bytes(wire);
            Assert.True(NewScanner().TryScan(bytes, out var length), wire);
            Assert.Equal(bytes.Length, length);
            Assert.Equal(answer, Replies.Render(bytes));
        }
    }

    [Fact]
    public void Every_reply_cut_at_every_byte_ends_at_the_same_place()
    {
        foreach (var (wire, _) in Replies.All)
        {
            var bytes = Replies.Bytes(wire);
            for (var cut = 0; cut < bytes.Length; cut++)
            {
                var scanner = NewScanner();
                Assert.False(scanner.TryScan(bytes.AsSpan(0, cut), out _), $"{wire} cut at {cut}");
                Assert.True(scanner.TryScan(bytes, out var length), $"{wire} cut at {cut}");
                Assert.Equal(bytes.Length, length);
            }
        }
    }

    [Fact]
    public void Every_reply_one_byte_at_a_time_ends_with_its_last_byte()
    {
        var scanner = NewScanner(); // one for all, as on a connection
        foreach (var (wire, _) in Replies.All)
        {
            var bytes = Replies.Bytes(wire);
            for (var count = 0; count < bytes.Length; count++) Assert.False(scanner.TryScan(bytes.AsSpan(0, count), out _), $"{wire} at {count}");
            Assert.True(scanner.TryScan(bytes, out var length), wire);
            Assert.Equal(bytes.Length, length);
        }
    }

    [Fact]
    public void Replies_behind_each_other_are_told_apart()
    {
        var bytes = Replies.Bytes(string.Concat(Replies.All.Select(reply => reply.Wire)));
        var scanner = NewScanner();
        var start = 0;
        foreach (var (wire, answer) in Replies.All)
        {
            Assert.True(scanner.TryScan(bytes.AsSpan(start), out var length), wire);
            Assert.Equal(answer, Replies.Render(bytes.AsSpan(start, length)));
            start += length;
        }

        Assert.False(scanner.TryScan(bytes.AsSpan(start), out _));
    }

    [Fact]
    public void A_megabyte_in_many_segments_is_scanned_once()
    {
        // 2 MiB in 16-byte segments: rescanning would look at 10^11 bytes and take minutes.
        const int payloadBytes = 2 * 1024 * 1024;
        foreach (var head in new[] { $"${payloadBytes}\r\n", "+" })
        {
            byte[] bytes = [.. Replies.Bytes(head), .. Enumerable.Repeat((byte)'x', payloadBytes), .. "\r\n"u8];
            var scanner = new RespScanner(bytes.Length, DepthMax);
            for (var count = 0; count < bytes.Length; count += 16) Assert.False(scanner.TryScan(bytes.AsSpan(0, count), out _));
            Assert.True(scanner.TryScan(bytes, out _));
        }
    }

    [Theory]
    [InlineData("$1025\r\n", "ReplyBytesMax")]
    [InlineData("$1018\r\n", "ReplyBytesMax")] // fits but for its own header and line end
    [InlineData("$9999999999\r\n", "ReplyBytesMax")]
    [InlineData("$99999999999\r\n", "no valid length")]
    [InlineData("$2147483647\r\n", "ReplyBytesMax")]
    [InlineData("$-2\r\n", "no valid length")]
    [InlineData("$-\r\n", "no valid length")]
    [InlineData("$\r\n", "no valid length")]
    [InlineData("$+5\r\n", "no valid length")]
    [InlineData("$ 5\r\n", "no valid length")]
    [InlineData("$5\n", "no valid length")]
    [InlineData("$5\rX", "no valid length")]
    [InlineData("$?\r\n", "no valid length")]
    [InlineData("*?\r\n", "no valid length")]
    [InlineData("$1\r\nxyz", "CRLF")]
    [InlineData("$1\r\nx\rz", "CRLF")]
    [InlineData("=1025\r\n", "ReplyBytesMax")]
    [InlineData("!1025\r\n", "ReplyBytesMax")]
    [InlineData("=-1\r\n", "no valid length")]
    [InlineData("*400\r\n", "cannot fit")]
    [InlineData("*2147483647\r\n", "cannot fit")]
    [InlineData("%200\r\n", "cannot fit")]
    [InlineData("%9999999999\r\n", "cannot fit")]
    [InlineData("~400\r\n", "cannot fit")]
    [InlineData(">400\r\n", "cannot fit")]
    [InlineData("|200\r\n", "cannot fit")]
    [InlineData("%-1\r\n", "no valid length")]
    [InlineData("*1\r\n$1025\r\n", "ReplyBytesMax")]
    [InlineData("+OK\n", "CRLF")]
    [InlineData("+O\rK", "CRLF")]
    [InlineData("HTTP/1.1 400 Bad Request\r\n", "starts no RESP value")]
    [InlineData("\r\n", "starts no RESP value")]
    public void A_hostile_reply_is_refused_as_soon_as_it_is_seen(string wire, string bound)
    {
        var error = Assert.Throws<RespProtocolException>(() => NewScanner().TryScan(Replies.Bytes(wire), out _));
        Assert.Contains(bound, error.Message, StringComparison.Ordinal);
        Assert.Contains("offset", error.Message, StringComparison.Ordinal);
        Assert.True(error.Offset >= 0);
        Assert.False(error.IsTransient);
    }

    [Fact]
    public void A_line_without_end_is_refused_at_the_bound()
    {
        var bytes = Replies.Bytes("+" + new string('x', 4096));
        var scanner = NewScanner();
        Assert.False(scanner.TryScan(bytes.AsSpan(0, ReplyBytesMax - 2), out _));
        Assert.Throws<RespProtocolException>(() => scanner.TryScan(bytes.AsSpan(0, ReplyBytesMax), out _));
    }

    [Fact]
    public void Many_small_values_cannot_add_up_past_the_bound()
    {
        var bytes = Replies.Bytes("*341\r\n" + string.Concat(Enumerable.Repeat("$-1\r\n", 341)));
        Assert.Throws<RespProtocolException>(() => NewScanner().TryScan(bytes, out _));
    }

    [Theory]
    [InlineData("*1\r\n")]
    [InlineData("|0\r\n")]
    [InlineData("%1\r\n+k\r\n")]
    public void A_depth_bomb_is_refused_at_the_bound(string level)
    {
        var allowed = Replies.Bytes(string.Concat(Enumerable.Repeat(level, DepthMax)) + ":1\r\n");
        Assert.True(NewScanner().TryScan(allowed, out _));

        var bomb = Replies.Bytes(string.Concat(Enumerable.Repeat(level, DepthMax + 1)));
        var error = Assert.Throws<RespProtocolException>(() => NewScanner().TryScan(bomb, out _));
        Assert.Contains("ReplyDepthMax", error.Message, StringComparison.Ordinal);
    }

    private static RespScanner NewScanner() => new(ReplyBytesMax, DepthMax);
}
