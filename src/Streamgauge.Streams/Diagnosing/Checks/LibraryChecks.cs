using System.Globalization;

namespace Streamgauge.Streams;

/// <summary>The function library that does all the writing, on this master.</summary>
internal static class LibraryChecks
{
    private const int Calls = 5;
    private static readonly TimeSpan CallMax = TimeSpan.FromMilliseconds(50);

    public static async Task<Finding> RevisionAsync(Examination server, CancellationToken cancellationToken)
    {
        var connection = await server.ConnectAsync(cancellationToken);
        var loaded = await FunctionLibrary.LoadedRevisionAsync(connection, cancellationToken);
        var repair = server.Repair.Streamgauge("status");
        if (loaded == 0) return Finding.Fail($"{FunctionLibrary.Name} is not loaded", "Running roles get errors for every batch until one of them starts anew. Any verb that connects loads it:", repair);
        if (loaded < FunctionLibrary.Revision)
            return Finding.Warn($"{FunctionLibrary.Name} revision {loaded}, older than this program's {FunctionLibrary.Revision}", "The fixes of later revisions are missing. Any verb that connects replaces it, while counting goes on:", repair);
        return Finding.Ok(loaded == FunctionLibrary.Revision ? $"{FunctionLibrary.Name} revision {loaded}" : $"{FunctionLibrary.Name} revision {loaded}, newer than this program's {FunctionLibrary.Revision}, which is fine");
    }

    public static async Task<Finding> LatencyAsync(Examination server, CancellationToken cancellationToken)
    {
        var group = new StreamGroup(server.Keys, server.Options.Group);
        var connection = await server.ConnectAsync(cancellationToken);
        var time = server.Options.Connection.TimeProvider;
        var took = new TimeSpan[Calls];
        for (var i = 0; i < Calls; i++)
        {
            var start = time.GetTimestamp();
            await group.StatusAsync(connection, cancellationToken);
            took[i] = time.GetElapsedTime(start);
        }

        Array.Sort(took);
        var seen = string.Create(CultureInfo.InvariantCulture, $"a call of sg_status_v1 takes {took[Calls / 2].TotalMilliseconds:0.00} ms (median of {Calls})");
        return took[Calls / 2] <= CallMax
            ? Finding.Ok(seen)
            : Finding.Warn(seen, "Every call waits behind what keeps Redis busy. See what that is:", server.Repair.Redis("SLOWLOG", "GET", "10"));
    }
}
