using Streamgauge.Resp;
using Streamgauge.Views;

namespace Streamgauge.Streams;

/// <summary>Reads the catalog of declared views.</summary>
public static class StoredCatalog
{
    /// <exception cref="FormatException">What is stored is no catalog: somebody wrote to our keys, or a newer version did.</exception>
    public static async Task<ViewCatalog> ReadAsync(RespConnection connection, StreamKeys keys, CancellationToken cancellationToken)
    {
        // The version first: should the catalog change in between, the version is the old one and the first commit is refused for it.
        var version = await connection.ExecuteAsync(["HGET", keys.Meta, "views_version"], cancellationToken);
        if (version.IsNull) return ViewCatalog.Empty;
        var catalog = await connection.ExecuteAsync(["GET", keys.Views], cancellationToken);
        return ViewCatalog.Parse(catalog.Text ?? "", version.AsInteger());
    }
}
