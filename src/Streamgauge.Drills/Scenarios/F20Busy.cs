using Streamgauge.Resp;

namespace Streamgauge.Drills;

internal sealed class F20Busy : Scenario
{
    private const string Spin = "#!lua name=drill\nredis.register_function{ function_name = 'drill_spin', callback = function() while true do end end, flags = { 'no-writes' } }";

    public override string Id => "F20";

    public override string Title => "a function of somebody else keeps Redis busy, until it is killed";

    public override string Promise => "processors wait and go on; none ends";

    public override bool NeedsOwnServer => true;

    internal override RigSetup Setup => new() { Server = new OwnServerOptions { Arguments = ["--busy-reply-threshold", "200"] } };

    internal override async Task RunAsync(DrillRig rig, CancellationToken cancellationToken)
    {
        await using var killing = await RespConnection.ConnectAsync(rig.Server.Endpoint, rig.Server.Options, cancellationToken);
        await killing.ExecuteAsync(["FUNCTION", "LOAD", Spin], cancellationToken);
        await using var spinning = await RespConnection.ConnectAsync(rig.Server.Endpoint, rig.Server.Options, cancellationToken);
        var spin = spinning.ExecuteAsync(["FCALL_RO", "drill_spin", "0"], cancellationToken);
        var length = TimeSpan.FromMilliseconds(rig.Random.Next(500, 2_000));
        rig.Journal.Note("busy", $"for {length.TotalSeconds:0.0} s");
        await Task.Delay(length, cancellationToken);
        await killing.ExecuteAsync(["FUNCTION", "KILL"], cancellationToken);
        await ((Task)spin).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await rig.RecoverAsync("busy", cancellationToken);
    }
}
