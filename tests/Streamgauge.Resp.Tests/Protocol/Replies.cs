using System.Text;

namespace Streamgauge.Resp.Tests.Protocol;

/// <summary>Every reply shape there is, with the answer all ways of reading it must give.</summary>
internal static class Replies
{
    private const string Hundred = "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789";

    public static readonly (string Wire, string Answer)[] All =
    [
        ("+OK\r\n", "OK"),
        ("+\r\n", ""),
        ("-ERR unknown command\r\n", "ERR!ERR unknown command"),
        ("-NOGROUP No such key 's'\r\n", "NOGROUP!NOGROUP No such key 's'"),
        (":0\r\n", "0"),
        (":-9223372036854775808\r\n", "-9223372036854775808"),
        ("$0\r\n\r\n", "\"\""),
        ("$5\r\nhello\r\n", "\"hello\""),
        ("$4\r\n\r\n\r\n\r\n", "\"\r\n\r\n\""),
        ("$6\r\n\u00e4\u20ac!\r\n", "\"\u00e4\u20ac!\""),
        ($"$100\r\n{Hundred}\r\n", $"\"{Hundred}\""),
        ("$-1\r\n", "null"),
        ("*-1\r\n", "null"),
        ("_\r\n", "null"),
        ("*0\r\n", "[]"),
        ("*2\r\n$1\r\na\r\n:1\r\n", "[\"a\", 1]"),
        ("*3\r\n$-1\r\n*-1\r\n_\r\n", "[null, null, null]"),
        ("*2\r\n*0\r\n*1\r\n*0\r\n", "[[], [[]]]"),
        ("*2\r\n:1\r\n-ERR inner\r\n", "[1, ERR inner]"),
        ("*1\r\n*2\r\n$1\r\ns\r\n*1\r\n*2\r\n$15\r\n1526919030474-0\r\n*2\r\n$1\r\nk\r\n$1\r\nv\r\n", "[[\"s\", [[\"1526919030474-0\", [\"k\", \"v\"]]]]]"),
        ("#t\r\n", "t"),
        ("#f\r\n", "f"),
        (",3.25\r\n", "3.25"),
        (",inf\r\n", "inf"),
        ("(3492890328409238509324850943850943825024385\r\n", "3492890328409238509324850943850943825024385"),
        ("=15\r\ntxt:Some string\r\n", "\"Some string\""),
        ("!21\r\nSYNTAX invalid syntax\r\n", "SYNTAX!SYNTAX invalid syntax"),
        ("%0\r\n", "{}"),
        ("%2\r\n$1\r\na\r\n:1\r\n$1\r\nb\r\n%1\r\n+c\r\n_\r\n", "{\"a\": 1, \"b\": {c: null}}"),
        ("~2\r\n:1\r\n#t\r\n", "[1, t]"),
        ("|1\r\n+ttl\r\n:3600\r\n$1\r\nx\r\n", "\"x\""),
        ("*2\r\n|1\r\n+ttl\r\n*1\r\n:1\r\n:5\r\n|0\r\n:6\r\n", "[5, 6]"),
        ("|1\r\n+a\r\n:1\r\n-ERR described\r\n", "ERR!ERR described"),
    ];

    public static byte[] Bytes(string wire) => Encoding.UTF8.GetBytes(wire);

    /// <summary>The answer as text; an error reply is its code, '!' and its message.</summary>
    public static string Render(ReadOnlySpan<byte> reply)
    {
        var reader = new RespReader(reply);
        var text = reader.TryReadError(out var error) ? $"{error.Code}!{error.Message}" : RespValue.Read(ref reader).ToString();
        Assert.True(reader.AtEnd, "The reader must consume the whole reply.");
        Assert.Equal(reply.Length, reader.Position);
        return text;
    }
}
