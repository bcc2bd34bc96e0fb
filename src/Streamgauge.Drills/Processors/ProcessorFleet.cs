using System.Globalization;

namespace Streamgauge.Drills;

/// <summary>Real processor processes that come and go.</summary>
internal sealed class ProcessorFleet(IReadOnlyList<string> program, IServer server, string stream, RigSetup setup) : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);
    private readonly List<Processor> _processors = [];
    private readonly Lock _gate = new();
    private int _started;
    private int _fencedBefore;

    /// <summary>Those that run now.</summary>
    public IReadOnlyList<Processor> Running
    {
        get
        {
            lock (_gate) return [.. _processors];
        }
    }

    /// <summary>Processors started so far.</summary>
    public int Started => Volatile.Read(ref _started);

    /// <summary>Commits refused by the fence so far, over all processors there were.</summary>
    public int Fenced
    {
        get
        {
            lock (_gate) return _fencedBefore + _processors.Sum(processor => processor.Link.Fenced);
        }
    }

    /// <summary>Starts one; it counts as soon as it has connected.</summary>
    /// <param name="environment">Further variables.</param>
    public async Task<Processor> StartAsync(IReadOnlyDictionary<string, string>? environment = null)
    {
        // A prefix of its own for each, so that what a dead one held can be told from Redis's pending list.
        var processor = new Processor($"drill{Interlocked.Increment(ref _started)}", stream, new Link(server, "sg_commit_v1"), setup.TellsHealth);
        var redis = processor.Link.Endpoint;
        var variables = new Dictionary<string, string>(environment ?? new Dictionary<string, string>(StringComparer.Ordinal), StringComparer.Ordinal);
        if (redis.Password is not null) variables["STREAMGAUGE_REDIS_PASSWORD"] = redis.Password; // never on a command line
        await processor.StartAsync([
            .. program, "process", "--redis", (redis with { Password = null }).ToString(), "--stream", stream, .. setup.ConsumerName is { } shared ? (string[])["--consumer-name", shared] : ["--consumer", processor.Consumer], "--log-json", "false",
            "--claim-after", Milliseconds(setup.ClaimAfter), "--timeout", Milliseconds(setup.Timeout), "--commit-events", "1000", .. processor.HealthArguments,
        ], variables);
        lock (_gate) _processors.Add(processor);
        return processor;
    }

    /// <summary>Starts several at once and waits until each of them counts.</summary>
    public async Task StartAllAsync(int count, CancellationToken cancellationToken)
    {
        var started = new List<Processor>();
        for (var i = 0; i < count; i++) started.Add(await StartAsync());
        foreach (var processor in started) await WaitUntilCountingAsync(processor, cancellationToken);
    }

    /// <exception cref="DrillException">It did not begin to count.</exception>
    public static async Task WaitUntilCountingAsync(Processor processor, CancellationToken cancellationToken)
    {
        try
        {
            await processor.Counts.WaitAsync(StartTimeout, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw new DrillException($"{processor.Consumer} did not begin to count within {StartTimeout.TotalSeconds:0} s. It wrote: {processor.Child.LastLines}");
        }
    }

    /// <summary>SIGKILL. Nobody takes its place by itself.</summary>
    public async Task KillAsync(Processor processor)
    {
        lock (_gate)
        {
            if (!_processors.Remove(processor)) return;
            _fencedBefore += processor.Link.Fenced;
        }

        await processor.DisposeAsync();
    }

    /// <summary>One that runs, chosen by a number from 0 to below 1, so that the same schedule hits the same places.</summary>
    public Processor Choose(double place)
    {
        var running = Running;
        return running.Count > 0 ? running[(int)(place * running.Count)] : throw new DrillException("No processor runs.");
    }

    /// <summary>SIGTERM, and waits for the end.</summary>
    /// <returns>Its exit code; null when it did not end in time.</returns>
    public async Task<int?> TerminateAsync(Processor processor, TimeSpan bound, CancellationToken cancellationToken)
    {
        processor.IsCondemned = true;
        processor.Child.Terminate();
        var code = await processor.Child.WaitForExitAsync(bound, cancellationToken);
        await KillAsync(processor);
        return code;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var processor in Running) await processor.DisposeAsync();
    }

    private static string Milliseconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0}ms");
}
