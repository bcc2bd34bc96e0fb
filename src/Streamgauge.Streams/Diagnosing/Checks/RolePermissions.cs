using System.Text.RegularExpressions;
using Streamgauge.Resp;

namespace Streamgauge.Streams;

/// <summary>Whether the user that was logged in may do what each role does. Redis checks the commands inside a function against its caller.</summary>
internal static partial class RolePermissions
{
    /// <summary>What a sender does (<c>produce</c>, <c>replay</c>).</summary>
    public static string[][] Sender(StreamKeys keys) =>
    [
        ["PING"], ["INFO"], ["FCALL_RO", "sg_revision_v1", "0"],
        ["FCALL", "sg_append_v1", "2", keys.Stream, keys.Producers], ["HGET", keys.Producers, "f"], ["HSET", keys.Producers, "f", "v"], ["XADD", keys.Stream, "*", "f", "v"],
    ];

    /// <summary>What the API does (<c>serve</c>), and <c>status</c>.</summary>
    public static string[][] Api(StreamKeys keys) =>
    [
        ["PING"], ["INFO"], ["TIME"], ["FCALL_RO", "sg_read_v1", "3", keys.Stream, keys.Meta, keys.Aggregates],
        ["EXISTS", keys.Stream], ["GET", keys.Views], ["HGET", keys.Meta, "f"], ["HGETALL", keys.Aggregates], ["HLEN", keys.Aggregates], ["HMGET", keys.Meta, "f"],
        ["HSCAN", keys.Aggregates, "0"], ["XINFO", "CONSUMERS", keys.Stream, "g"], ["XINFO", "GROUPS", keys.Stream], ["XINFO", "STREAM", keys.Stream], ["XPENDING", keys.Stream, "g"],
        ["XRANGE", keys.Stream, "-", "+"], ["XREVRANGE", keys.Stream, "+", "-"], ["ZCOUNT", keys.Buckets, "0", "1"], ["ZRANGEBYSCORE", keys.Buckets, "0", "1"], ["ZSCORE", keys.Buckets, "m"],
    ];

    /// <summary>What a processor does (<c>process</c>).</summary>
    public static string[][] Processor(StreamKeys keys) =>
    [
        .. Api(keys),
        ["FCALL", "sg_commit_v1", "2", keys.Stream, keys.Meta], ["HDEL", keys.Meta, "f"], ["HEXISTS", keys.Meta, "f"], ["HINCRBY", keys.Meta, "f", "1"], ["HSET", keys.Meta, "f", "v"],
        ["MEMORY", "USAGE", keys.Stream], ["PEXPIREAT", keys.Aggregates, "1"], ["TYPE", keys.Stream], ["XACK", keys.Stream, "g", "1-1"], ["XADD", keys.Dead, "*", "f", "v"],
        ["XCLAIM", keys.Stream, "g", "c", "0", "1-1"], ["XGROUP", "CREATE", keys.Stream, "g", "0"], ["XGROUP", "DELCONSUMER", keys.Stream, "g", "c"], ["XLEN", keys.Stream],
        ["XREADGROUP", "GROUP", "g", "c", "STREAMS", keys.Stream, ">"], ["XSETID", keys.Stream, "1-1"], ["XTRIM", keys.Stream, "MINID", "0"],
        ["ZADD", keys.Buckets, "0", "m"], ["ZCARD", keys.Buckets], ["ZRANDMEMBER", keys.Buckets, "1"], ["ZREM", keys.Buckets, "m"],
        ["ZRANGE", keys.Uncounted, "0", "1"], ["ZREMRANGEBYSCORE", keys.Uncounted, "0", "1"], ["SET", keys.Lease("audit"), "v"], ["DEL", keys.Lease("audit")],
    ];

    public static async Task<Finding> LookAsync(Examination server, string role, string[][] commands, CancellationToken cancellationToken)
    {
        var rules = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var command in commands)
        {
            var answer = await server.ExecuteAsync(["ACL", "DRYRUN", server.User, .. command], cancellationToken);
            if (answer.Text is { } text && text != "OK") rules.UnionWith(RulesFor(text, server.Keys));
        }

        return rules.Count == 0
            ? Finding.Ok($"user '{server.User}' may do all of it")
            : Finding.Warn($"user '{server.User}' lacks {string.Join(' ', rules)}", $"Logged in so, {role} cannot work. Grant it if that is this user's work:", Grant(server, rules));
    }

    /// <summary>What to do about a refusal; null when it is none.</summary>
    public static Finding? Explain(RedisReplyException error, Examination server)
    {
        if (error.Code == "NOPERM")
            return Finding.Unknown($"user '{server.User}' may not look: {error.Message}", "Nothing is known to be wrong. To have it looked at:", Grant(server, RulesFor(error.Message, server.Keys)));
        if (error.Message.Contains("can't run this command", StringComparison.Ordinal) || error.Message.Contains("can't access", StringComparison.Ordinal))
            return Finding.Unknown($"user '{server.User}' may not do what our functions do", "Nothing is known to be wrong. What a reader needs is named at permissions.api; then run this again.", server.Repair.Redis("ACL", "GETUSER", server.User));
        return null;
    }

    private static string Grant(Examination server, IEnumerable<string> rules) => server.Repair.Redis(["ACL", "SETUSER", server.User, .. rules]);

    // "… no permissions to run the 'config|get' command", "… to access the 'events' key", "… to access one of the keys used as arguments"
    private static IEnumerable<string> RulesFor(string refusal, StreamKeys keys) =>
        RefusedCommand().Match(refusal) is { Success: true } match ? ["+" + match.Groups["command"].Value] : ["~" + keys.Stream, $"~{{{keys.Stream}}}:*"];

    [GeneratedRegex("'(?<command>[a-z_|-]+)' command", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase, 1000)]
    private static partial Regex RefusedCommand();
}
