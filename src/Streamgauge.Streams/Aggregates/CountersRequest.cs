using Streamgauge.Resp;

namespace Streamgauge.Streams;

/// <summary>Asks for all built-in counters and reads them in place: a tree of objects per reply was most of what the API allocated.</summary>
internal sealed class CountersRequest(StreamKeys keys, string group, IReadOnlyList<string> sessionBuckets, CountersBuilder builder) : RespRequest
{
    private static readonly byte[] Function = "sg_read_v1"u8.ToArray();

    public GroupStatus? Status { get; private set; }

    public StoredCounters? Counters { get; private set; }

    /// <summary>Fields of <c>{stream}:meta</c>.</summary>
    public IReadOnlyDictionary<string, string> Meta { get; private set; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Distinct sessions in the buckets.</summary>
    public long SessionCount { get; private set; }

    protected override void Write(RespWriter output)
    {
        output.WriteCommandHeader(3 + 3 + sessionBuckets.Count + 1);
        output.WriteBulk("FCALL_RO"u8);
        output.WriteBulk(Function);
        output.WriteBulk(3 + sessionBuckets.Count);
        output.WriteBulk(keys.StreamUtf8);
        output.WriteBulk(keys.Meta);
        output.WriteBulk(keys.Aggregates);
        foreach (var bucket in sessionBuckets) output.WriteBulk(bucket);
        output.WriteBulk(group);
    }

    protected override void Read(ref RespReader reply)
    {
        reply.ReadAggregateHeader();
        Status = GroupStatus.From(RespValue.Read(ref reply));
        Counters = builder.Read(ref reply);
        Meta = ReadPairs(ref reply);
        SessionCount = reply.ReadInteger();
    }

    private static Dictionary<string, string> ReadPairs(ref RespReader reply)
    {
        var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var left = reply.ReadAggregateHeader(); left > 1; left -= 2)
        {
            var name = reply.ReadText();
            pairs[name] = reply.ReadText();
        }

        return pairs;
    }
}
