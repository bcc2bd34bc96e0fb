namespace Streamgauge.Streams.Tests;

/// <summary>Function calls spelled out, for arguments the product's own requests would never send.</summary>
internal static class Call
{
    public static string[] Append(StreamKeys keys, string producer, long sequence, bool isOldest, params string[][] entries) =>
    [
        "FCALL", "sg_append_v1", "2", keys.Stream, keys.Producers, producer, $"{sequence}", isOldest ? "1" : "0", $"{entries.Length}",
        .. entries.SelectMany(entry => (string[])[$"{entry.Length / 2}", .. entry]),
    ];

    /// <summary>A commit that counts one event per entry in <c>total</c> and nothing else.</summary>
    public static string[] Commit(StreamKeys keys, string consumer, params string[] ids) =>
        CommitWith(keys, consumer, ids, "0", "0", "1", "5", "total", "1000", "0", "", "0", "1", "+", "total", "_count", "1", "", $"{ids.Length}");

    /// <summary>A commit whose arguments behind the ids are <paramref name="rest"/>.</summary>
    public static string[] CommitWith(StreamKeys keys, string consumer, string[] ids, params string[] rest) =>
    [
        "FCALL", "sg_commit_v1", "5", keys.Stream, keys.Meta, keys.Dead, keys.Buckets, keys.Aggregates,
        StreamRig.Group, consumer, "2026-01-02T03:04:05.678Z", "0", $"{ids.Length}", "0", "0", "100", "0", $"{ids.Length}", .. ids, .. rest,
    ];
}
