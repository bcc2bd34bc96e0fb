using Streamgauge.Streams;

namespace Streamgauge.Tests.System;

/// <summary>Our function library with one protection taken away: what the drills must notice. The processors that run it are the real ones.</summary>
internal static class WithoutProtection
{
    /// <summary>A commit is not checked: one that comes late counts what others have counted.</summary>
    public static string Fence => Source(
        ("local missing = missing_of(stream, group, consumer, ids)", "local missing = {}"),
        ("local done = done_among(ids, floor, ahead)", "local done = {}"));

    /// <summary>Counting and acknowledging are two steps: the next housekeeping acknowledges what was counted, and what is read again before is counted again.</summary>
    public static string AcknowledgementIsTheCommit => Source(
        ("local done = done_among(ids, floor, ahead)", "local done = {}"),
        ("  acknowledge(stream, group, ids)\n", "  for i = 1, #ids do redis.call('RPUSH', stream .. ':counted', ids[i]) end\n"),
        ("\n  -- The low-water mark:", "\n  acknowledge(stream, args[1], redis.call('LRANGE', stream .. ':counted', 0, -1))\n  redis.call('DEL', stream .. ':counted')\n\n  -- The low-water mark:"));

    /// <summary>The sequence of a send is not looked at: one that is repeated is appended again.</summary>
    public static string Sequences => Source(("if sequence <= last then return { 'DUPLICATE', '' } end", ""));

    private static string Source(params (string Protection, string Instead)[] changes)
    {
        var source = FunctionLibrary.Source.Replace($"local REVISION = {FunctionLibrary.Revision}\n", "local REVISION = 1000000\n", StringComparison.Ordinal);
        foreach (var (protection, instead) in changes)
        {
            // A change that no longer finds its place would make the test pass for the wrong reason.
            Assert.Equal(2, source.Split(protection).Length);
            source = source.Replace(protection, instead, StringComparison.Ordinal);
        }

        return source;
    }
}
