using System.Diagnostics;
using Streamgauge.Producing;
using Streamgauge.Resp;

namespace Streamgauge.Cli;

/// <summary>How many events a second go all the way: made, packed, appended, read, counted, committed.</summary>
internal static class ThroughputRun
{
    /// <summary>Events per second of one run, from the first event made to the last one readable in the aggregates.</summary>
    /// <remarks>Producer and processors share the machine's cores, so this is what the whole pipeline carries, not its fastest part.</remarks>
    public static async Task<double> MeasureAsync(RedisEndpoint redis, Workload workload, BenchOptions options, ulong seed, CancellationToken cancellationToken)
    {
        await using var rig = await BenchRig.StartAsync(redis, workload.Plain, options.Processors, cancellationToken);
        var generator = workload.Generator(options.Events / options.Repeat, seed);

        // A tenth first, not measured: the compiler and Redis's hash tables settle.
        var warmUp = workload.Generator(options.Events / options.Repeat / 10, seed + 1_000);
        await new GeneratorLoop(warmUp, TimeProvider.System).RunAsync(rig.Sender, cancellationToken);
        await rig.WaitForAsync(warmUp.Count!.Value, cancellationToken);

        var watch = Stopwatch.StartNew();
        await new GeneratorLoop(generator, TimeProvider.System).RunAsync(rig.Sender, cancellationToken);
        await rig.WaitForAsync(warmUp.Count.Value + generator.Count!.Value, cancellationToken);
        var rate = generator.Count.Value / watch.Elapsed.TotalSeconds;

        var counted = await rig.CountedAsync(cancellationToken);
        if (counted != warmUp.Count.Value + generator.Count.Value)
            throw new InvalidOperationException($"{workload.Name}: {counted:N0} events counted, {warmUp.Count.Value + generator.Count.Value:N0} sent. This is a bug; please report it with the command line.");
        return rate;
    }
}
