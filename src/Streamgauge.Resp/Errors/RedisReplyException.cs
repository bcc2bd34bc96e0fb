using System.Collections.Frozen;
using System.Text;

namespace Streamgauge.Resp;

/// <summary>The server answered with an error. The connection is unharmed.</summary>
/// <param name="code">First word of the reply in capitals: <c>NOGROUP</c>, <c>OOM</c>, <c>LOADING</c>; <c>ERR</c> when it has none.</param>
/// <param name="message">The server's text including the code, as an operator would search for it.</param>
/// <param name="innerException">The server's own words where <paramref name="message"/> explains them.</param>
public sealed class RedisReplyException(string code, string message, Exception? innerException = null) : RedisException(message, innerException)
{
    private const string DefaultCode = "ERR";

    // A function met a key that has left for another node while its slot moves, one that could not be declared. Source: redis/redis src/script.c.
    private const string KeyIsMoving = "ERR Script attempted to access a non local key in a cluster node";

    // States a server leaves again without anyone changing the command. Source: redis/redis src/server.c, createSharedObjects;
    // the cluster codes of src/cluster.c; UNBLOCKED is a blocked read ended by CLIENT UNBLOCK or by a failover.
    private static readonly FrozenSet<string> TransientCodes = FrozenSet.Create(
        "LOADING", "BUSY", "READONLY", "NOREPLICAS", "MISCONF", "OOM", "TRYAGAIN", "CLUSTERDOWN", "MASTERDOWN", "MOVED", "ASK", "UNBLOCKED");

    /// <summary>First word of the reply in capitals; <c>ERR</c> when it has none.</summary>
    public string Code { get; } = code;

    /// <inheritdoc/>
    public override bool IsTransient => TransientCodes.Contains(Code) || Message.StartsWith(KeyIsMoving, StringComparison.Ordinal);

    /// <summary>Takes an error apart as it came: <c>NOGROUP No such key 'x'</c>, without marker and line end.</summary>
    internal static RedisReplyException FromWire(ReadOnlySpan<byte> text)
    {
        var message = Encoding.UTF8.GetString(text);
        var space = message.IndexOf(' ');
        var word = space < 0 ? message : message[..space];
        return new RedisReplyException(IsCode(word) ? word : DefaultCode, message);
    }

    // A Lua error may start with any word; codes are capitals, digits, '-' and '_' by convention.
    private static bool IsCode(string word) =>
        word.Length > 0 && char.IsAsciiLetterUpper(word[0]) && word.All(c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c) || c is '_' or '-');
}
