using Streamgauge.Resp;
using Streamgauge.Views;

namespace Streamgauge.Streams;

/// <summary>Writes one bucket of one view into a commit's arguments; field names are prefix, group and suffix as the view says.</summary>
internal sealed class SectionLayout(ViewDefinition view)
{
    private readonly byte[] _name = FunctionCall.Utf8(view.Name);
    private readonly byte[] _prefix = FunctionCall.Utf8(view.Columns[0].Prefix);
    private readonly byte[] _countSuffix = FunctionCall.Utf8(view.Columns[0].Suffix);
    private readonly byte[] _sumSuffix = FunctionCall.Utf8(view.Columns.Count > 1 ? view.Columns[1].Suffix : "");
    private readonly byte[] _other = FunctionCall.Utf8(GroupKey.Other);

    // key_index view groups_max expire_at_ms sibling_count sibling_key_index…
    // has_sum other_count_field other_sum_field row_count (count_field count [sum_field sum])…
    public void Write(RespWriter output, ViewDeltas deltas, BucketDeltas bucket, int key, int firstSibling, int siblings)
    {
        output.WriteBulk(key);
        output.WriteBulk(_name);
        output.WriteBulk(view.GroupsMax);
        output.WriteBulk(view.Tiers[0].Every is null ? 0 : view.Tiers[0].BucketExpiryMs(bucket.StartMs));
        output.WriteBulk(siblings);
        for (var i = 0; i < siblings; i++) output.WriteBulk(firstSibling + i);
        output.WriteBulk(view.Columns.Count > 1 ? 1 : 0);
        FunctionCall.WriteField(output, _prefix, _other, _countSuffix);
        FunctionCall.WriteField(output, _prefix, _other, _sumSuffix);
        output.WriteBulk(bucket.GroupCount);
        foreach (var group in bucket.Groups)
        {
            var name = deltas.GroupName(group);
            FunctionCall.WriteField(output, _prefix, name, _countSuffix);
            output.WriteBulk(bucket.Count(group));
            if (view.Columns.Count == 1) continue;
            FunctionCall.WriteField(output, _prefix, name, _sumSuffix);
            FunctionCall.WriteSum(output, bucket.SumMicros(group));
        }
    }
}
