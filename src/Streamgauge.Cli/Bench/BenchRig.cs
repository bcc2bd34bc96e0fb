using System.Diagnostics.Metrics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Streamgauge.Processing;
using Streamgauge.Producing;
using Streamgauge.Resp;
using Streamgauge.Streams;

namespace Streamgauge.Cli;

/// <summary>A pipeline to measure: sender and processors in this process, on a stream of their own that is removed afterwards.</summary>
internal sealed class BenchRig : IAsyncDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly ProcessorService _processors;
    private readonly RespConnection _connection;

    private BenchRig(RedisEndpoint redis, string stream, bool plain, BenchOptions options, RespConnection connection)
    {
        _connection = connection;
        Keys = new StreamKeys(stream);
        var meters = _services.GetRequiredService<IMeterFactory>();
        Acknowledgements = new AcknowledgementTimes(meters);
        Sender = new BufferingSender(
            new SenderOptions { Redis = redis, Stream = stream, Plain = plain, Durability = options.Durability }, new SenderMetrics(meters), NullLogger<BufferingSender>.Instance, TimeProvider.System);
        Processing = new ProcessorOptions { Redis = redis, Stream = stream, Workers = options.Processors };
        _processors = new ProcessorService(Processing, new ProcessorMetrics(meters), NullLogger<ProcessorService>.Instance, TimeProvider.System);
    }

    public StreamKeys Keys { get; }

    public BufferingSender Sender { get; }

    public AcknowledgementTimes Acknowledgements { get; }

    public ProcessorOptions Processing { get; }

    public static async Task<BenchRig> StartAsync(RedisEndpoint redis, Workload workload, BenchOptions options, CancellationToken cancellationToken)
    {
        var stream = $"bench-{Guid.NewGuid().ToString("N")[..8]}";
        redis = redis with { RoutingKey = stream };
        var connection = await RespConnection.ConnectAsync(redis, new RedisOptions(), cancellationToken);
        var rig = new BenchRig(redis, stream, workload.Plain, options, connection);
        await FunctionLibrary.EnsureLoadedAsync(connection, cancellationToken);
        await new CatalogEditor(connection, rig.Keys, rig.Processing.Group).ApplyAsync(workload.Views, drops: false, _ => { }, cancellationToken);
        await rig._processors.StartAsync(cancellationToken);
        return rig;
    }

    /// <summary>Events readable in the aggregates at this moment.</summary>
    public async Task<long> CountedAsync(CancellationToken cancellationToken)
    {
        var reply = await _connection.ExecuteAsync(["HGET", Keys.Aggregates, "total_count"], cancellationToken);
        return reply.IsNull ? 0 : reply.AsInteger();
    }

    /// <summary>CPU time of Redis and of this process so far.</summary>
    public async Task<(TimeSpan Redis, TimeSpan Own)> CpuAsync(CancellationToken cancellationToken)
    {
        var info = (await _connection.ExecuteAsync(["INFO", "CPU"], cancellationToken)).AsText();
        var seconds = info.Split('\n').Where(line => line.StartsWith("used_cpu_sys:", StringComparison.Ordinal) || line.StartsWith("used_cpu_user:", StringComparison.Ordinal))
            .Sum(line => double.Parse(line[(line.IndexOf(':') + 1)..], CultureInfo.InvariantCulture));
        return (TimeSpan.FromSeconds(seconds), Environment.CpuUsage.TotalTime);
    }

    /// <summary>Waits until so many events are counted.</summary>
    public async Task WaitForAsync(long events, CancellationToken cancellationToken)
    {
        while (await CountedAsync(cancellationToken) < events) await Task.Delay(1, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await Sender.DisposeAsync();
        await _processors.StopAsync(CancellationToken.None);
        _processors.Dispose();
        await Keys.RemoveAsync(_connection, CancellationToken.None);
        await _connection.DisposeAsync();
        Acknowledgements.Dispose();
        await _services.DisposeAsync();
    }
}
