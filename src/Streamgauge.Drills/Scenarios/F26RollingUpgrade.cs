using System.Globalization;
using Streamgauge.Resp;
using Streamgauge.Streams;

namespace Streamgauge.Drills;

internal sealed class F26RollingUpgrade : Scenario
{
    private const int Upgrades = 4;

    public override string Id => "F26";

    public override string Title => "the function library is replaced under load, by a broken one, and removed";

    public override string Promise => "a broken one is refused, a removed one comes back; 0 lost, 0 doubled";

    public override bool NeedsOwnServer => true;

    internal override async Task RunAsync(DrillRig rig, CancellationToken cancellationToken)
    {
        var connection = await rig.Probe.ConnectAsync(cancellationToken);
        for (var i = 1; i <= Upgrades; i++)
        {
            await Task.Delay(rig.Random.Next(50, 200), cancellationToken);
            await connection.ExecuteAsync(["FUNCTION", "LOAD", "REPLACE", Newer(i)], cancellationToken);
            rig.Journal.Note("upgrade", $"to revision {FunctionLibrary.Revision + i}");
        }

        try
        {
            await connection.ExecuteAsync(["FUNCTION", "LOAD", "REPLACE", Newer(Upgrades + 1) + "\nthis is no Lua"], cancellationToken);
            rig.Findings.Add("Redis took a broken library");
        }
        catch (RedisReplyException)
        {
            rig.Journal.Note("broken-upgrade", "refused; the library before it stays");
        }

        await rig.RecoverAsync("upgrade", cancellationToken);
        await connection.ExecuteAsync(["FUNCTION", "DELETE", FunctionLibrary.Name], cancellationToken);
        rig.Journal.Note("library-removed", FunctionLibrary.Name);
        await rig.RecoverAsync("library-removed", cancellationToken);
    }

    private static string Newer(int by) => FunctionLibrary.Source.Replace(
        string.Create(CultureInfo.InvariantCulture, $"local REVISION = {FunctionLibrary.Revision}\n"), string.Create(CultureInfo.InvariantCulture, $"local REVISION = {FunctionLibrary.Revision + by}\n"), StringComparison.Ordinal);
}
