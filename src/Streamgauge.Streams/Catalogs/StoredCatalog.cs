using Streamgauge.Resp;
using Streamgauge.Views;

namespace Streamgauge.Streams;

/// <summary>Reads the catalog of declared views.</summary>
public static class StoredCatalog
{
    /// <exception cref="FormatException">What is stored is no catalog: somebody wrote to our keys, or a newer version did.</exception>
    public static async Task<ViewCatalog> ReadAsync(RespConnection connection, StreamKeys keys, CancellationToken cancellationToken)
    {
        var reply = await connection.ExecuteAsync(["FCALL_RO", "sg_view_catalog_v1", "2", keys.Meta, keys.Views], cancellationToken);
        var version = reply[0].AsInteger();
        return version == 0 ? ViewCatalog.Empty : ViewCatalog.Parse(reply[1].AsText(), version);
    }
}
