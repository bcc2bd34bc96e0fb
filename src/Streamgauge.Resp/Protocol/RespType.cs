namespace Streamgauge.Resp;

/// <summary>The kinds of value a reply can hold, RESP2 and RESP3 together.</summary>
/// <remarks>Source: Redis serialization protocol specification, table "RESP data types".</remarks>
public enum RespType : byte
{
    /// <summary><c>+OK\r\n</c></summary>
    SimpleString,

    /// <summary><c>-ERR text\r\n</c></summary>
    Error,

    /// <summary><c>:42\r\n</c></summary>
    Integer,

    /// <summary><c>$5\r\nhello\r\n</c></summary>
    BulkString,

    /// <summary><c>*2\r\n...</c></summary>
    Array,

    /// <summary><c>_\r\n</c>, and RESP2's <c>$-1\r\n</c> and <c>*-1\r\n</c></summary>
    Null,

    /// <summary><c>#t\r\n</c> or <c>#f\r\n</c></summary>
    Boolean,

    /// <summary><c>,1.5\r\n</c></summary>
    Double,

    /// <summary><c>(12345678901234567890\r\n</c></summary>
    BigNumber,

    /// <summary><c>=8\r\ntxt:some\r\n</c></summary>
    VerbatimString,

    /// <summary><c>%1\r\n</c> followed by key and value</summary>
    Map,

    /// <summary><c>~2\r\n...</c></summary>
    Set,

    /// <summary><c>&gt;2\r\n...</c>, sent by the server without being asked</summary>
    Push,

    /// <summary><c>!9\r\nERR hello\r\n</c></summary>
    BlobError,

    /// <summary><c>|1\r\n</c> followed by key and value, then by the value it describes. <see cref="RespReader"/> steps over it.</summary>
    Attribute,
}
