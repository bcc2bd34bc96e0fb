using System.Globalization;

namespace Streamgauge.Streams;

/// <summary>Declared views: can the catalog be read, and is nothing left half built.</summary>
internal static class ViewChecks
{
    public static async Task<Finding> CatalogAsync(Examination server, CancellationToken cancellationToken)
    {
        try
        {
            var catalog = await StoredCatalog.ReadAsync(await server.ConnectAsync(cancellationToken), server.Keys, cancellationToken);
            return Finding.Ok($"{catalog.Views.Count} views");
        }
        catch (FormatException e)
        {
            return Finding.Fail("the catalog cannot be read", $"{e.Message} Somebody wrote to our keys, or a newer version did: then use that version. Otherwise put the value back from a backup; it is now:", server.Repair.Redis("GET", server.Keys.Views));
        }
    }

    public static async Task<Finding> RebuildAsync(Examination server, CancellationToken cancellationToken)
    {
        if (await server.BookAsync("rebuild_touched_ms", cancellationToken) is not { } touched) return Finding.Ok("no view is being built");
        var now = await RetainedStream.ReadClockAsync(await server.ConnectAsync(cancellationToken), cancellationToken);
        var idle = now - DateTimeOffset.FromUnixTimeMilliseconds(long.TryParse(touched, CultureInfo.InvariantCulture, out var ms) ? ms : 0);
        return idle < CatalogEditor.StaleAfter
            ? Finding.Ok("views are being built")
            : Finding.Warn($"views are half built, and nobody has gone on for {Measures.Age(idle)}", "They answer with nothing until they are done, and hold back trimming meanwhile. Whoever built them is gone; go on where it stopped:", server.Repair.Streamgauge("views apply streamgauge.json"));
    }
}
