using System.Diagnostics;
using Streamgauge.Resp;
using Streamgauge.Streams;

namespace Streamgauge.Drills;

/// <summary>Runs a scenario: a safety phase with faults, then a liveness phase in which everything must be counted, then the verdict.</summary>
public static class DrillRunner
{
    /// <exception cref="DrillException">The drill could not be carried out and shows nothing.</exception>
    public static async Task<DrillResult> RunAsync(Scenario scenario, DrillOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(scenario);
        ArgumentNullException.ThrowIfNull(options);
        var elapsed = Stopwatch.StartNew();
        await using var rig = await DrillRig.StartAsync(options, scenario.Setup, cancellationToken);
        try
        {
            await scenario.RunAsync(rig, cancellationToken);
        }
        catch (Exception e) when (e is DrillException or TimeoutException or RedisException or OwnRedisException)
        {
            throw new DrillException($"{scenario.Id} with seed {options.Seed} could not be carried out and shows nothing: {e.Message}");
        }

        await rig.HealAsync(cancellationToken);
        var isDrained = await rig.DrainAsync(cancellationToken);
        await rig.Watch.StopAsync();
        var (tally, invariants) = await Judge.JudgeAsync(rig, isDrained, cancellationToken);
        return new DrillResult
        {
            Scenario = scenario,
            Seed = options.Seed,
            Elapsed = elapsed.Elapsed,
            Journal = rig.Journal.Lines,
            Faults = rig.Journal.Counts,
            Recoveries = rig.Journal.Recoveries,
            Fenced = rig.Fleet.Fenced,
            ProcessorBytesMax = rig.Watch.ProcessorBytesMax,
            RedisBytesMax = rig.Watch.RedisBytesMax,
            Tally = tally,
            Invariants = invariants,
        };
    }
}
