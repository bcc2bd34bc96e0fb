using System.Globalization;
using Streamgauge.Resp;

namespace Streamgauge.Streams;

/// <summary>Reads the buckets of views: what changed, and the buckets themselves. Stateless; any number may share a connection.</summary>
public sealed class ViewReader(StreamKeys keys, string group)
{
    private const int ChangesPerPage = 10_000;
    private const int BucketsPerCall = 256;
    private const int FieldsPerCall = 100_000; // a reply of a few megabytes, some ten milliseconds of Redis at worst

    /// <summary>Buckets that changed behind commit <paramref name="after"/>; all of them for 0.</summary>
    public async Task<BucketChanges> ReadChangesAsync(RespConnection connection, long after, CancellationToken cancellationToken)
    {
        string[] call = ["FCALL_RO", "sg_view_changes_v1", "3", keys.Stream, keys.Meta, keys.Buckets, group, Text(after), Text(ChangesPerPage)];
        var reply = await connection.ExecuteAsync(call, cancellationToken);
        var flat = reply[3].Items;
        var buckets = new KeyValuePair<string, long>[flat.Count / 2];
        for (var i = 0; i < buckets.Length; i++) buckets[i] = KeyValuePair.Create(flat[2 * i].AsText(), flat[(2 * i) + 1].AsInteger());
        return new BucketChanges(GroupStatus.From(reply[0]), reply[1].AsInteger(), reply[2].AsInteger(), buckets, reply[4].AsInteger() != 0);
    }

    /// <summary>Buckets by name, each at one moment with its revision, in calls of bounded size. Those of one call belong to the same moment.</summary>
    /// <param name="take">Gets the buckets in order; false ends the reading.</param>
    public async Task ReadBucketsAsync(RespConnection connection, IReadOnlyList<string> names, Func<StoredBucket, bool> take, CancellationToken cancellationToken)
    {
        for (var at = 0; at < names.Count;)
        {
            var asked = Math.Min(BucketsPerCall, names.Count - at);
            var call = new RespCommand("FCALL_RO", "sg_view_buckets_v1", Text(2 + asked), keys.Meta, keys.Buckets);
            for (var i = 0; i < asked; i++) call.Add(keys.BucketKey(names[at + i]));
            call.Add(FieldsPerCall);
            for (var i = 0; i < asked; i++) call.Add(names[at + i]);
            var reply = await connection.ExecuteAsync(call, timeout: null, cancellationToken);
            for (var i = 1; i < reply.Items.Count; i++)
            {
                if (!take(new StoredBucket(names[at + i - 1], reply[i][0].AsInteger(), reply[i][1].Items))) return;
            }

            at += reply.Items.Count - 1;
        }
    }

    /// <summary>The one bucket of the built-in views; its revision is the newest commit, which nearly every commit changes.</summary>
    public async Task<StoredBucket> ReadBuiltInAsync(RespConnection connection, CancellationToken cancellationToken)
    {
        var reply = await connection.ExecuteAsync(["FCALL_RO", "sg_view_built_in_v1", "2", keys.Meta, keys.Aggregates], cancellationToken);
        return new StoredBucket("aggregates", reply[0].AsInteger(), [.. reply[1].Items, .. reply[2].Items]);
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
