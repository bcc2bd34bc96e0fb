using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Streamgauge.Events;
using Streamgauge.Resp;
using Streamgauge.Streams;
using Streamgauge.TestKit;

namespace Streamgauge.Processing.Tests;

/// <summary>A server and a stream, and processors in this process that count it.</summary>
internal sealed class ProcessorRig : IAsyncDisposable
{
    public const string Group = "event_group";
    private static readonly TimeSpan CountedTimeout = TimeSpan.FromSeconds(30);
    private readonly List<ProcessorService> _running = [];
    private readonly MeterListener _listener = new();
    private readonly TestMeters _meters = new();
    private readonly ConcurrentDictionary<string, double> _gauges = new(StringComparer.Ordinal);
    private long _sequence;

    private ProcessorRig(RedisServer server)
    {
        Server = server;
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, _meters)) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            var name = instrument.Name;
            foreach (var tag in tags) name += $" {tag.Value}";
            Metrics.AddOrUpdate(name, value, (_, sum) => sum + value);
        });
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) =>
        {
            if (!instrument.IsObservable) return;
            var name = instrument.Name;
            foreach (var tag in tags) name += $" {tag.Value}";
            _gauges[name] = value;
        });
        _listener.Start();
    }

    public RedisServer Server { get; }

    public RespConnection Redis { get; private set; } = null!;

    public StreamKeys Keys { get; } = new("events");

    public TestLog Log { get; } = new();

    /// <summary>Sums by instrument and tag values: <c>dead_letters bad_value</c>.</summary>
    public ConcurrentDictionary<string, long> Metrics { get; } = new(StringComparer.Ordinal);

    public long Appended { get; private set; }

    /// <summary>Events the test appended by itself, each of value 1.</summary>
    public void AppendedUnseen(int events) => Appended += events;

    /// <summary>A gauge of fractions, read now: <c>redis.condition.age processor busy</c>; NaN when nothing is told.</summary>
    public double Gauge(string name)
    {
        _gauges.Clear();
        _listener.RecordObservableInstruments();
        return _gauges.GetValueOrDefault(name, double.NaN);
    }

    /// <summary>How often a condition was met.</summary>
    public long Met(string condition) => Metrics.GetValueOrDefault($"redis.conditions processor {condition}");

    public static Task<ProcessorRig> StartAsync(bool appendOnly = false) => StartAsync(new RedisServerOptions { AppendOnly = appendOnly });

    public static async Task<ProcessorRig> StartAsync(RedisServerOptions server)
    {
        var rig = new ProcessorRig(await RedisServer.StartAsync(server));
        await rig.ReconnectAsync();
        return rig;
    }

    public async Task ReconnectAsync()
    {
        if (Redis is not null) await Redis.DisposeAsync();
        Redis = await Server.ConnectAsync();
        await FunctionLibrary.EnsureLoadedAsync(Redis, CancellationToken.None);
    }

    public async Task<ProcessorService> ProcessAsync(Action<ProcessorOptions>? change = null, TimeProvider? time = null)
    {
        var options = new ProcessorOptions
        {
            Redis = Server.Endpoint,
            Connection = new RedisOptions { CommandTimeout = TimeSpan.FromSeconds(1), ConnectTimeout = TimeSpan.FromSeconds(1) },
            ClaimAfter = TimeSpan.FromMilliseconds(1_500),
            HousekeepingEvery = TimeSpan.FromMilliseconds(100),
            WatchEvery = TimeSpan.FromMilliseconds(100),
            AuditEvery = TimeSpan.Zero,
        };
        change?.Invoke(options);
        Assert.Empty(options.FindProblems());
        var service = new ProcessorService(options, new ProcessorMetrics(_meters), Log, time ?? TimeProvider.System);
        await service.StartAsync(CancellationToken.None);
        _running.Add(service);
        return service;
    }

    public async Task StopAsync(ProcessorService service)
    {
        _running.Remove(service);
        await service.StopAsync(CancellationToken.None);
        service.Dispose();
    }

    public Task<RespValue> RunAsync(params string[] command) => Redis.ExecuteAsync(command);

    public async Task<string> AddAsync(params string[] fields) => (await RunAsync(["XADD", Keys.Stream, "*", .. fields])).AsText();

    /// <summary>Appends clicks of 1.0 as plain entries, repeated until Redis has them.</summary>
    public async Task AddPlainAsync(int count)
    {
        var append = new PlainAppend(Keys, "test") { Sequence = ++_sequence, IsOldest = true };
        for (var i = 0; i < count; i++) append.Add(Click(i));
        await AppendAsync(append);
    }

    public async Task AddFrameAsync(int count)
    {
        var writer = new FrameWriter();
        for (var i = 0; i < count; i++) writer.Add(Click(i));
        var append = new FrameAppend(Keys, "test") { Sequence = ++_sequence, IsOldest = true };
        append.Take(writer);
        await AppendAsync(append);
    }

    public Task<AggregatesSnapshot> ReadAsync() => new AggregatesReader(Keys, Group).ReadAsync(Redis, CancellationToken.None);

    /// <summary>Waits until nothing is open any more, then checks that everything appended was counted once.</summary>
    public async Task AllCountedOnceAsync(TimeSpan? timeout = null)
    {
        AggregatesSnapshot? read = null;
        await Eventually.Async(
            async () => (read = await ReadAsync()).Group is { GroupExists: true, Pending: 0, OldestOpen: null } && read.TotalCount >= Appended,
            $"{Appended} events are counted; log: {string.Join('\n', Log.Lines.TakeLast(5))}", timeout ?? CountedTimeout);
        Assert.Equal((Appended, Appended * FixedPoint.MicrosPerUnit, Appended), (read!.TotalCount, read.TotalValueMicros, read.EventTypes.CountSum));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var service in _running.ToArray()) await StopAsync(service);
        await Redis.DisposeAsync();
        await Server.DisposeAsync();
        _listener.Dispose();
        _meters.Dispose();
    }

    private async Task AppendAsync(SequencedAppend append)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await Redis.ExecuteAsync(append, TimeSpan.FromSeconds(1));
                Appended += append.Count;
                return;
            }
            catch (RedisException) when (attempt < 100)
            {
                await Task.Delay(50);
                try
                {
                    await ReconnectAsync();
                }
                catch (RedisException)
                {
                    // still away
                }
            }
        }
    }

    private static EventFields Click(int number) => new()
    {
        EventType = number % 3 == 0 ? "purchase"u8 : "click"u8,
        Product = "laptop"u8,
        SessionId = System.Text.Encoding.UTF8.GetBytes($"s{number % 50}"),
        HasValue = true,
        ValueMicros = FixedPoint.MicrosPerUnit,
        TimestampMs = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(),
    };
}

internal sealed class TestMeters : IMeterFactory
{
    private readonly List<Meter> _meters = [];

    public Meter Create(MeterOptions options)
    {
        options.Scope = this;
        var meter = new Meter(options);
        _meters.Add(meter);
        return meter;
    }

    public void Dispose()
    {
        foreach (var meter in _meters) meter.Dispose();
    }
}

internal sealed class TestLog : ILogger<ProcessorService>
{
    public ConcurrentQueue<string> Lines { get; } = new();

    /// <summary>Whether a condition was named.</summary>
    public bool Says(string condition) => Lines.Any(line => line.Contains($"({condition})", StringComparison.Ordinal));

    /// <summary>How many lines of an event name a condition.</summary>
    public int Count(int eventId, string condition) => Lines.Count(line => line.StartsWith($"{eventId} ", StringComparison.Ordinal) && line.Contains(condition, StringComparison.Ordinal));

    public bool Has(int eventId) => Lines.Any(line => line.StartsWith($"{eventId} ", StringComparison.Ordinal));

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Lines.Enqueue($"{eventId.Id} {logLevel}: {formatter(state, exception)} {exception?.Message}");
}
