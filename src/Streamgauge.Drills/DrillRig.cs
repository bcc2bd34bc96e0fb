using System.Diagnostics;
using Streamgauge.Resp;
using Streamgauge.Streams;

namespace Streamgauge.Drills;

/// <summary>Everything a scenario breaks and watches: a server, a network, processors, producers, a ledger.</summary>
internal sealed class DrillRig : IAsyncDisposable
{
    public const string Group = "event_group";
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);
    private readonly DrillOptions _options;
    private readonly RigSetup _setup;

    private DrillRig(DrillOptions options, RigSetup setup, StreamKeys keys, IServer server)
    {
        _options = options;
        _setup = setup;
        Server = server;
        Keys = keys;
        Random = new Random(options.Seed);
        Journal = new Journal(options.Progress);
        Fleet = new ProcessorFleet(options.Program, server, Keys.Stream, setup);
        Probe = new ServerProbe(server, Keys, Group);
        Watch = new Watch(Probe, Fleet, Allowances);
    }

    public IServer Server { get; }

    public StreamKeys Keys { get; }

    /// <summary>Random numbers that the seed repeats.</summary>
    public Random Random { get; }

    public EventLedger Ledger { get; } = new();

    public Journal Journal { get; }

    public Allowances Allowances { get; } = new();

    public ProcessorFleet Fleet { get; }

    public Watch Watch { get; }

    public ServerProbe Probe { get; }

    /// <summary>The API, where the scenario wants one.</summary>
    public ApiProcess? Api { get; private set; }

    /// <summary>The producers; null until they are started.</summary>
    public DrillLoad? Load { get; private set; }

    /// <summary>Violations of I1 found on the way, before the end.</summary>
    public List<string> Findings { get; } = [];

    /// <summary>The private server, for faults that touch Redis itself.</summary>
    /// <exception cref="DrillException">The drill runs against the user's Redis.</exception>
    public OwnServer OwnServer => Own<OwnServer>();

    /// <summary>The private servers, whatever kind they are of, for faults that touch Redis itself.</summary>
    /// <exception cref="DrillException">The drill runs against the user's Redis.</exception>
    public IOwnServers OwnServers => Own<IOwnServers>();

    /// <summary>The private servers and their sentinels.</summary>
    /// <exception cref="DrillException">The drill runs against the user's Redis.</exception>
    public SentinelServers Sentinels => Own<SentinelServers>();

    /// <summary>The private cluster.</summary>
    /// <exception cref="DrillException">The drill runs against the user's Redis.</exception>
    public ClusterServers Cluster => Own<ClusterServers>();

    public static async Task<DrillRig> StartAsync(DrillOptions options, RigSetup setup, CancellationToken cancellationToken)
    {
        var keys = new StreamKeys($"drill-{Guid.NewGuid().ToString("N")[..12]}");
        var rig = new DrillRig(options, setup, keys, await StartServerAsync(options, setup, keys.Stream, cancellationToken));
        try
        {
            var connection = await rig.Probe.ConnectAsync(cancellationToken);
            if (options.Sabotage.Library is { } library) await connection.ExecuteAsync(["FUNCTION", "LOAD", "REPLACE", library], cancellationToken);
            await FunctionLibrary.EnsureLoadedAsync(connection, cancellationToken);
            await rig.Fleet.StartAllAsync(setup.Processors, cancellationToken);
            if (setup.StartsApi) rig.Watch.Api = rig.Api = await ApiProcess.StartAsync(options.Program, rig.Server.Endpoint, rig.Keys.Stream, cancellationToken);
            if (setup.StartsLoad) rig.StartLoad();
            return rig;
        }
        catch
        {
            await rig.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the producers.</summary>
    /// <param name="further">Producers beside the usual ones.</param>
    public void StartLoad(params IReadOnlyList<IDrillProducer> further)
    {
        var plain = _options.Rate * _setup.PlainShare;
        var producers = new List<IDrillProducer>(further);
        if (plain > 0) producers.Add(new PlainProducer(Server, Keys.Stream, Ledger, plain, Server.ConfirmedBy));
        if (plain < _options.Rate) producers.Add(new SequencedProducer(Server, Keys.Stream, Ledger, _options.Rate - plain));
        Load = new DrillLoad(producers);
    }

    /// <summary>All links there are: those of processors and those of producers.</summary>
    public IReadOnlyList<Link> Links => [.. Fleet.Running.Select(processor => processor.Link), .. (Load?.Producers ?? []).Select(producer => producer.Link)];

    /// <summary>Waits for a stated condition.</summary>
    /// <exception cref="DrillException">It did not come about: the fault did not do what it is there for.</exception>
    public static async Task UntilAsync(Func<Task<bool>> condition, string what, TimeSpan bound, CancellationToken cancellationToken)
    {
        var waited = Stopwatch.StartNew();
        while (!await condition())
        {
            if (waited.Elapsed > bound) throw new DrillException($"Not within {bound.TotalSeconds:0} s: {what}.");
            await Task.Delay(Poll, cancellationToken);
        }
    }

    /// <summary>Waits until everything that was sent or has arrived by now is counted, and notes how long that took.</summary>
    /// <param name="fault">What it recovers from.</param>
    public async Task RecoverAsync(string fault, CancellationToken cancellationToken)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bound.CancelAfter(DrillLimits.RecoveryMax);
        Recovery recovery;
        try
        {
            var waited = Stopwatch.StartNew();
            await Task.WhenAll((Load?.Producers ?? []).Select(producer => producer.SettleAsync(bound.Token)));
            await WaitUntilCountedAsync(bound.Token);
            recovery = new Recovery(fault, waited.Elapsed);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            recovery = new Recovery(fault, Time: null);
        }

        Journal.NoteRecovery(recovery);
    }

    /// <summary>Waits until everything that has arrived by now is counted, by Redis's clock.</summary>
    private async Task WaitUntilCountedAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset? now = null;
        while (true)
        {
            var status = await Probe.TryReadStatusAsync(cancellationToken);
            now ??= status?.Now;
            if (status is { GroupExists: true } && status.CompleteThrough >= now) return;
            await Task.Delay(Poll, cancellationToken);
        }
    }

    /// <summary>Entries a processor holds: delivered to it and not committed. 0 while the server is away.</summary>
    public async Task<long> PendingOfAsync(Processor processor, CancellationToken cancellationToken)
    {
        var status = await Probe.TryReadStatusAsync(cancellationToken);
        return status?.Consumers.Where(consumer => consumer.Name.StartsWith(processor.Consumer + "-", StringComparison.Ordinal)).Sum(consumer => consumer.Pending) ?? 0;
    }

    /// <summary>The liveness phase: everything is healed and somebody counts.</summary>
    public async Task HealAsync(CancellationToken cancellationToken)
    {
        foreach (var link in Links) link.Heal();
        foreach (var processor in Fleet.Running) processor.Child.Resume();
        if (Server is IOwnServers own) await own.HealAsync(cancellationToken);
        if (Fleet.Running.Count == 0) await Fleet.StartAllAsync(1, cancellationToken);
        if (Load is not null) await Load.StopAsync();
    }

    /// <summary>Waits until nothing is pending or undelivered.</summary>
    /// <returns>False when it took longer than the bound.</returns>
    public async Task<bool> DrainAsync(CancellationToken cancellationToken)
    {
        var waited = Stopwatch.StartNew();
        while (waited.Elapsed < DrillLimits.RecoveryMax)
        {
            if (await Probe.TryReadStatusAsync(cancellationToken) is { GroupExists: true, OldestOpen: null }) return true;
            await Task.Delay(Poll, cancellationToken);
        }

        return false;
    }

    /// <summary>Compares in the middle of a scenario, when nothing is on its way: what must hold in the end must hold now.</summary>
    /// <param name="what">The state that is looked at, for the findings.</param>
    public async Task CheckAsync(string what, CancellationToken cancellationToken)
    {
        if (!await DrainAsync(cancellationToken)) Findings.Add($"{what}: not everything was counted within {DrillLimits.RecoveryMax.TotalSeconds:0} s");
        var counted = await WitnessCounts.ReadAsync(await Probe.ConnectAsync(cancellationToken), Keys, cancellationToken);
        Findings.AddRange(Oracle.Compare(Ledger, counted, Allowances).Findings.Select(finding => $"{what}: {finding}"));
    }

    public async ValueTask DisposeAsync()
    {
        await Watch.DisposeAsync();
        if (Load is not null) await Load.DisposeAsync();
        if (Api is not null) await Api.DisposeAsync();
        await Fleet.DisposeAsync();
        if (Server is GivenServer) await RemoveStreamAsync();
        await Probe.DisposeAsync();
        await Server.DisposeAsync();
    }

    private static async Task<IServer> StartServerAsync(DrillOptions options, RigSetup setup, string stream, CancellationToken cancellationToken)
    {
        if (options.Redis is { } given) return new GivenServer(given, options.Connection);
        var server = setup.Server with { Repairs = !options.Sabotage.SkipsRepair, Arguments = options.Sabotage.SkipsMinReplicas ? [] : setup.Server.Arguments };
        return setup.Kind switch
        {
            ServerKind.Single => await OwnServer.StartAsync(server, cancellationToken),
            ServerKind.Sentinels => await SentinelServers.StartAsync(setup, server, cancellationToken),
            _ => await ClusterServers.StartAsync(stream, setup, server, cancellationToken),
        };
    }

    private T Own<T>()
        where T : class, IServer =>
        Server as T ?? throw new DrillException("This fault touches Redis itself, which is never done to yours: leave --redis out.");

    private async Task RemoveStreamAsync()
    {
        try
        {
            await Keys.RemoveAsync(await Probe.ConnectAsync(CancellationToken.None), CancellationToken.None);
        }
        catch (RedisException e)
        {
            _options.Progress($"The stream {Keys.Stream} could not be removed ({e.Message}): remove it and its companions {{{Keys.Stream}}}:* yourself.");
        }
    }
}
