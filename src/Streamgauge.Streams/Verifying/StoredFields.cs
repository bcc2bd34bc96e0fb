using Streamgauge.Resp;

namespace Streamgauge.Streams;

/// <summary>A hash as Redis sends it: names and values in turn.</summary>
internal static class StoredFields
{
    /// <summary>Its values by name. Ours are UTF-8; of those that strangers wrote and that read the same as text, the first stands for all.</summary>
    public static Dictionary<string, RespValue> ByName(IReadOnlyList<RespValue> flat)
    {
        var fields = new Dictionary<string, RespValue>(StringComparer.Ordinal);
        for (var i = 0; i + 1 < flat.Count; i += 2) fields.TryAdd(flat[i].AsText(), flat[i + 1]);
        return fields;
    }
}
