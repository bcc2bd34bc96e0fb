using System.Globalization;
using System.Text;
using Streamgauge.Resp;

namespace Streamgauge.Streams;

/// <summary>Buckets and books at one moment, with what was done with then.</summary>
internal sealed class Audit
{
    private readonly Dictionary<string, string> _books;

    private Audit(RespValue reply)
    {
        Seam = Seam.Parse(reply[0].AsText());
        Last = StreamEntryId.TryParse(Encoding.UTF8.GetBytes(reply[1].AsText()), out var last) ? last : default;
        EntriesAdded = reply[2].AsInteger();
        Delivered = StreamEntryId.TryParse(Encoding.UTF8.GetBytes(reply[3].AsText()), out var id) ? id : null;
        Pending = reply[4].AsInteger();
        _books = StoredFields.ByName(reply[5].Items).ToDictionary(pair => pair.Key, pair => pair.Value.AsText(), StringComparer.Ordinal);
        Buckets = [.. reply[6].Items.Select(bucket => (IReadOnlyList<RespValue>)bucket.Items)];
    }

    public Seam Seam { get; }

    /// <summary>The newest entry.</summary>
    public StreamEntryId Last { get; }

    /// <summary>Entries ever appended.</summary>
    public long EntriesAdded { get; }

    /// <summary>Null when the group does not exist.</summary>
    public StreamEntryId? Delivered { get; }

    public long Pending { get; }

    /// <summary>The buckets asked for, fields flat; empty ones do not exist.</summary>
    public IReadOnlyList<IReadOnlyList<RespValue>> Buckets { get; }

    public static async Task<Audit> ReadAsync(RespConnection connection, StreamKeys keys, string group, IReadOnlyList<string> bucketKeys, CancellationToken cancellationToken) =>
        new(await connection.ExecuteAsync(
            ["FCALL_RO", "sg_audit_v1", (2 + bucketKeys.Count).ToString(CultureInfo.InvariantCulture), keys.Stream, keys.Meta, .. bucketKeys, group], cancellationToken));

    /// <summary>A number of the books; 0 when it is not there.</summary>
    public long Book(string name) => long.TryParse(_books.GetValueOrDefault(name), out var number) ? number : 0;
}
