namespace Streamgauge.Streams;

/// <summary>Which buckets changed behind a commit, and how things stood at that moment.</summary>
/// <param name="Group">Where the group stood: everything it calls complete is in the buckets.</param>
/// <param name="ViewsVersion">Version of the catalog; 0 without declared views.</param>
/// <param name="Commits">Number of the newest commit.</param>
/// <param name="Buckets">Names of buckets and their revisions, oldest change first.</param>
/// <param name="HasMore">Whether further ones wait behind the last.</param>
public sealed record BucketChanges(GroupStatus Group, long ViewsVersion, long Commits, IReadOnlyList<KeyValuePair<string, long>> Buckets, bool HasMore);

/// <summary>One bucket as it is stored.</summary>
/// <param name="Revision">Number of the commit that changed it last; 0 when it is listed nowhere.</param>
/// <param name="Fields">Fields and values, alternating; empty for a bucket that has expired.</param>
public sealed record StoredBucket(string Name, long Revision, IReadOnlyList<Resp.RespValue> Fields);
