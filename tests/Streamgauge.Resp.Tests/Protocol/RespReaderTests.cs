using System.Text;

namespace Streamgauge.Resp.Tests.Protocol;

public class RespReaderTests
{
    [Theory]
    [InlineData("+a\r\n", RespType.SimpleString)]
    [InlineData("-a\r\n", RespType.Error)]
    [InlineData(":1\r\n", RespType.Integer)]
    [InlineData("$1\r\na\r\n", RespType.BulkString)]
    [InlineData("*0\r\n", RespType.Array)]
    [InlineData("$-1\r\n", RespType.Null)]
    [InlineData("*-1\r\n", RespType.Null)]
    [InlineData("_\r\n", RespType.Null)]
    [InlineData("#t\r\n", RespType.Boolean)]
    [InlineData(",1\r\n", RespType.Double)]
    [InlineData("(1\r\n", RespType.BigNumber)]
    [InlineData("=4\r\ntxt:\r\n", RespType.VerbatimString)]
    [InlineData("%0\r\n", RespType.Map)]
    [InlineData("~0\r\n", RespType.Set)]
    [InlineData(">0\r\n", RespType.Push)]
    [InlineData("!0\r\n\r\n", RespType.BlobError)]
    [InlineData("|0\r\n:1\r\n", RespType.Integer)]
    public void Peek_names_the_type_and_consumes_no_value(string wire, RespType type)
    {
        var reader = new RespReader(Replies.Bytes(wire));
        Assert.Equal(type, reader.PeekType());
        Assert.Equal(type, reader.PeekType());
        reader.Skip();
        Assert.True(reader.AtEnd);
    }

    [Theory]
    [InlineData("*3\r\n:1\r\n:2\r\n:3\r\n", 3)]
    [InlineData("~1\r\n:1\r\n", 1)]
    [InlineData(">1\r\n:1\r\n", 1)]
    [InlineData("%2\r\n:1\r\n:2\r\n:3\r\n:4\r\n", 4)]
    [InlineData("*0\r\n", 0)]
    [InlineData("*-1\r\n", -1)]
    [InlineData("$-1\r\n", -1)]
    [InlineData("_\r\n", -1)]
    public void Header_gives_the_number_of_values_that_follow(string wire, int count)
    {
        var reader = new RespReader(Replies.Bytes(wire));
        Assert.Equal(count, reader.ReadAggregateHeader());
        for (var left = count; left > 0; left--) reader.Skip();
        Assert.True(reader.AtEnd);
    }

    [Theory]
    [InlineData(":42\r\n", 42)]
    [InlineData(":+42\r\n", 42)]
    [InlineData("$3\r\n-42\r\n", -42)]
    [InlineData("+42\r\n", 42)]
    [InlineData("(42\r\n", 42)]
    [InlineData("#t\r\n", 1)]
    [InlineData("#f\r\n", 0)]
    [InlineData(":9223372036854775807\r\n", long.MaxValue)]
    [InlineData("$20\r\n-9223372036854775808\r\n", long.MinValue)]
    public void Integers_are_read_from_every_shape_that_holds_one(string wire, long expected) =>
        Assert.Equal(expected, new RespReader(Replies.Bytes(wire)).ReadInteger());

    [Theory]
    [InlineData(":\r\n")]
    [InlineData(":1.5\r\n")]
    [InlineData(":9223372036854775808\r\n")]
    [InlineData("$2\r\n4x\r\n")]
    [InlineData("$0\r\n\r\n")]
    [InlineData("#x\r\n")]
    [InlineData("_\r\n")]
    [InlineData("*0\r\n")]
    public void What_holds_no_integer_is_refused(string wire) =>
        Assert.Throws<RespProtocolException>(() => new RespReader(Replies.Bytes(wire)).ReadInteger());

    [Theory]
    [InlineData(",1.5\r\n", 1.5)]
    [InlineData(",1e3\r\n", 1000)]
    [InlineData(",-inf\r\n", double.NegativeInfinity)]
    [InlineData(",inf\r\n", double.PositiveInfinity)]
    [InlineData(",nan\r\n", double.NaN)]
    [InlineData("$3\r\n2.5\r\n", 2.5)]
    [InlineData(":7\r\n", 7)]
    public void Doubles_are_read_from_every_shape_that_holds_one(string wire, double expected) =>
        Assert.Equal(expected, new RespReader(Replies.Bytes(wire)).ReadDouble());

    [Fact]
    public void A_null_string_is_consumed_and_told_apart_from_an_empty_one()
    {
        var reader = new RespReader("$-1\r\n$0\r\n\r\n"u8);
        Assert.False(reader.TryReadString(out _));
        Assert.True(reader.TryReadString(out var empty));
        Assert.Equal(0, empty.Length);
        Assert.True(reader.AtEnd);
    }

    [Theory]
    [InlineData("_\r\n")]
    [InlineData("*0\r\n")]
    [InlineData("=2\r\nab\r\n")]
    [InlineData("")]
    [InlineData("$5\r\nhel")]
    [InlineData("*1000000\r\n")]
    public void What_is_no_string_is_refused(string wire) =>
        Assert.Throws<RespProtocolException>(() => new RespReader(Replies.Bytes(wire)).ReadString());

    [Fact]
    public void A_nested_error_can_be_read_and_never_passes_for_a_value()
    {
        var reader = new RespReader("*3\r\n:1\r\n-OOM command not allowed\r\n$1\r\nx\r\n"u8);
        Assert.Equal(3, reader.ReadAggregateHeader());
        Assert.False(reader.TryReadError(out _));
        reader.Skip();
        Assert.True(reader.TryReadError(out var error));
        Assert.Equal("OOM", error.Code);
        Assert.Equal("x", reader.ReadText());

        Assert.Equal("ERR", Assert.Throws<RedisReplyException>(() => new RespReader("-ERR no\r\n"u8).ReadInteger()).Code);
    }

    [Fact]
    public void Skip_steps_over_nested_values_and_their_attributes()
    {
        foreach (var (wire, _) in Replies.All)
        {
            var reader = new RespReader(Replies.Bytes(wire + ":7\r\n"));
            reader.Skip();
            Assert.Equal(Encoding.UTF8.GetByteCount(wire), reader.Position);
            Assert.Equal(7, reader.ReadInteger());
        }
    }

    [Theory]
    [InlineData("LOADING Redis is loading", "LOADING", true)]
    [InlineData("BUSY Redis is busy", "BUSY", true)]
    [InlineData("READONLY You can't write", "READONLY", true)]
    [InlineData("NOREPLICAS Not enough", "NOREPLICAS", true)]
    [InlineData("MISCONF Redis is configured", "MISCONF", true)]
    [InlineData("OOM command not allowed", "OOM", true)]
    [InlineData("TRYAGAIN Multiple keys", "TRYAGAIN", true)]
    [InlineData("CLUSTERDOWN Hash slot", "CLUSTERDOWN", true)]
    [InlineData("MASTERDOWN Link with MASTER", "MASTERDOWN", true)]
    [InlineData("MOVED 3999 127.0.0.1:6381", "MOVED", true)]
    [InlineData("ASK 3999 127.0.0.1:6381", "ASK", true)]
    [InlineData("UNBLOCKED force unblock", "UNBLOCKED", true)]
    [InlineData("NOGROUP No such key", "NOGROUP", false)]
    [InlineData("WRONGPASS invalid", "WRONGPASS", false)]
    [InlineData("NOAUTH Authentication required.", "NOAUTH", false)]
    [InlineData("NOPERM this user", "NOPERM", false)]
    [InlineData("WRONGTYPE Operation", "WRONGTYPE", false)]
    [InlineData("ERR unknown", "ERR", false)]
    [InlineData("NOSCRIPT", "NOSCRIPT", false)]
    [InlineData("user_script:1: boom", "ERR", false)]
    [InlineData("", "ERR", false)]
    public void Errors_carry_their_code_and_whether_sending_again_may_help(string text, string code, bool isTransient)
    {
        var error = RedisReplyException.FromWire(Replies.Bytes(text));
        Assert.Equal(code, error.Code);
        Assert.Equal(text, error.Message);
        Assert.Equal(isTransient, error.IsTransient);
    }
}
