using System.Diagnostics;
using Streamgauge.Producing;
using Streamgauge.Resp;

namespace Streamgauge.Cli;

/// <summary>How many events a second go all the way: made, packed, appended, read, counted, committed.</summary>
internal static class ThroughputRun
{
    /// <summary>One run, from the first event made to the last one readable in the aggregates.</summary>
    /// <remarks>Producer and processors share the machine's cores, so this is what the whole pipeline carries, not its fastest part.</remarks>
    public static async Task<ThroughputResult> MeasureAsync(RedisEndpoint redis, Workload workload, BenchOptions options, ulong seed, CancellationToken cancellationToken)
    {
        await using var rig = await BenchRig.StartAsync(redis, workload, options, cancellationToken);
        var generator = workload.Generator(options.Events / options.Repeat, seed);

        // A tenth first, not measured: the compiler and Redis's hash tables settle.
        var warmUp = workload.Generator(options.Events / options.Repeat / 10, seed + 1_000);
        await new GeneratorLoop(warmUp, TimeProvider.System).RunAsync(rig.Sender, cancellationToken);
        await rig.WaitForAsync(warmUp.Count!.Value, cancellationToken);

        var before = await rig.CpuAsync(cancellationToken);
        var watch = Stopwatch.StartNew();
        await new GeneratorLoop(generator, TimeProvider.System).RunAsync(rig.Sender, cancellationToken);
        await rig.WaitForAsync(warmUp.Count.Value + generator.Count!.Value, cancellationToken);
        var rate = generator.Count.Value / watch.Elapsed.TotalSeconds;
        var after = await rig.CpuAsync(cancellationToken);

        var counted = await rig.CountedAsync(cancellationToken);
        if (counted != warmUp.Count.Value + generator.Count.Value)
            throw new InvalidOperationException($"{workload.Name}: {counted:N0} events counted, {warmUp.Count.Value + generator.Count.Value:N0} sent. This is a bug; please report it with the command line.");
        return new ThroughputResult(rate, (after.Redis - before.Redis).TotalMicroseconds / generator.Count.Value, (after.Own - before.Own).TotalMicroseconds / generator.Count.Value);
    }
}

/// <summary>What one run gave.</summary>
/// <param name="Rate">Events per second.</param>
/// <param name="RedisMicros">CPU time of Redis per event, microseconds.</param>
/// <param name="OwnMicros">CPU time of generator, sender and processors per event, microseconds.</param>
internal sealed record ThroughputResult(double Rate, double RedisMicros, double OwnMicros);
