namespace Streamgauge.Resp.Tests.Protocol;

public class RespValueTests
{
    [Theory]
    [InlineData("%2\r\n+length\r\n:3\r\n+groups\r\n:1\r\n")]
    [InlineData("*4\r\n$6\r\nlength\r\n:3\r\n$6\r\ngroups\r\n:1\r\n")]
    public void Fields_are_found_by_name_in_maps_and_in_flat_pairs(string wire)
    {
        var value = Read(wire);
        Assert.Equal(3, value.Get("length")!.AsInteger());
        Assert.Equal(1, value.Get("groups")!.Integer);
        Assert.Null(value.Get("absent"));
    }

    [Fact]
    public void Values_convert_when_they_hold_what_is_asked_for()
    {
        var value = Read("*4\r\n$2\r\n42\r\n:7\r\n$-1\r\n#t\r\n");
        Assert.Equal(42, value[0].AsInteger());
        Assert.Equal("7", value[1].AsText());
        Assert.True(value[2].IsNull);
        Assert.Null(value[2].Text);
        Assert.Equal(1, value[3].AsInteger());
        Assert.Equal("42"u8, value[0].AsBytes().Span);
        Assert.Equal(4, value.Items.Count);
    }

    [Fact]
    public void Wrong_conversions_say_what_was_found()
    {
        var value = Read("*3\r\n$2\r\n4x\r\n_\r\n-OOM full\r\n");
        Assert.Contains("found BulkString", Assert.Throws<RespProtocolException>(() => value[0].AsInteger()).Message, StringComparison.Ordinal);
        Assert.Contains("found Null", Assert.Throws<RespProtocolException>(() => value[1].AsText()).Message, StringComparison.Ordinal);
        Assert.Contains("found Array", Assert.Throws<RespProtocolException>(() => value.AsText()).Message, StringComparison.Ordinal);
        Assert.Contains("found 3", Assert.Throws<RespProtocolException>(() => value[3]).Message, StringComparison.Ordinal);
        Assert.True(value[2].IsError);
        Assert.Equal("OOM", Assert.Throws<RedisReplyException>(() => value[2].AsText()).Code);
    }

    [Fact]
    public void Nesting_beyond_reason_is_refused_before_it_costs_the_stack() =>
        Assert.Throws<RespProtocolException>(() => Read(string.Concat(Enumerable.Repeat("*1\r\n", 100_000)) + ":1\r\n"));

    private static RespValue Read(string wire)
    {
        var reader = new RespReader(Replies.Bytes(wire));
        return RespValue.Read(ref reader);
    }
}
