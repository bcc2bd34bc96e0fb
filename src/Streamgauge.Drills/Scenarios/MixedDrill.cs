namespace Streamgauge.Drills;

/// <summary>All kinds of faults, one upon the other, by a schedule.</summary>
public sealed class MixedDrill : Scenario
{
    private static readonly IFault[] Faults =
        [new KillFault(), new PauseFault(), new PartitionFault(), new RedisRestartFault(), new RedisPauseFault(), new FailoverFault(), new LostReplyFault(), new CutFault(), new SlowFault()];

    private readonly Dictionary<string, IFault> _faults;

    /// <param name="options">Seed, duration and kinds of faults.</param>
    /// <exception cref="ArgumentException">A kind does not exist, or is never done to a user's Redis.</exception>
    public MixedDrill(DrillOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (FindProblem(options) is { } problem) throw new ArgumentException(problem, nameof(options));
        _faults = Faults.Where(fault => options.Faults.Count == 0 ? options.Redis is null || !fault.Kind.NeedsOwnServer : options.Faults.Contains(fault.Kind.Name, StringComparer.Ordinal))
            .ToDictionary(fault => fault.Kind.Name, StringComparer.Ordinal);
        Schedule = Drills.Schedule.Create(options.Seed, options.Duration, _faults.Values.Select(fault => fault.Kind));
        Duration = options.Duration;
    }

    /// <summary>What <c>--faults</c> knows.</summary>
    public static IReadOnlyList<string> KindNames => [.. Faults.Select(fault => fault.Kind.Name)];

    public override string Id => "mixed";

    public override string Title => "all kinds of faults, one upon the other";

    public override string Promise => "0 lost, 0 doubled";

    /// <summary>What happens when; the same for the same seed, duration and kinds.</summary>
    public IReadOnlyList<TimedFault> Schedule { get; }

    /// <remarks>
    /// A failover needs servers to fail over to: then all faults happen to a master with two replicas and three sentinels. Every event is confirmed by both replicas,
    /// as durability <c>replicated</c> promises nothing of a replica that did not confirm. The sentinels are slow to take the master for dead, so that it may
    /// restart and stop without a failover beside those of the schedule.
    /// </remarks>
    internal override RigSetup Setup => _faults.ContainsKey(FailoverFault.Name)
        ? RigSetup.Replicated with { Processors = 3, StartsApi = true, DownAfter = TimeSpan.FromSeconds(5) }
        : new() { Processors = 3, StartsApi = true };

    private TimeSpan Duration { get; }

    /// <summary>Why these faults cannot be drilled, or null.</summary>
    public static string? FindProblem(DrillOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        foreach (var name in options.Faults)
        {
            var fault = Array.Find(Faults, fault => fault.Kind.Name == name);
            if (fault is null) return $"'{name}' is no kind of fault: choose from {string.Join(", ", KindNames)}.";
            if (options.Redis is not null && fault.Kind.NeedsOwnServer) return $"'{name}' touches Redis itself, which is never done to yours: leave it out, or leave out --redis.";
        }

        return null;
    }

    internal override async Task RunAsync(DrillRig rig, CancellationToken cancellationToken)
    {
        using var redisTurn = new SemaphoreSlim(1, 1);
        var faults = Schedule.Select(fault => InjectAsync(rig, fault, redisTurn, cancellationToken)).ToList();
        try
        {
            await Task.Delay(Duration, cancellationToken);
        }
        finally
        {
            await Task.WhenAll(faults); // none may go on while what it breaks is taken away
        }
    }

    private async Task InjectAsync(DrillRig rig, TimedFault fault, SemaphoreSlim redisTurn, CancellationToken cancellationToken)
    {
        await Task.Delay(fault.At, cancellationToken);
        var kind = _faults[fault.Kind];
        if (kind.Kind.NeedsOwnServer) await redisTurn.WaitAsync(cancellationToken); // what is away cannot be killed
        try
        {
            await kind.InjectAsync(rig, fault, cancellationToken);
        }
        finally
        {
            if (kind.Kind.NeedsOwnServer) redisTurn.Release();
        }

        await rig.RecoverAsync(fault.Kind, cancellationToken);
    }
}
