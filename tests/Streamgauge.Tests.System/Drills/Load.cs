using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Streamgauge.Producing;
using Streamgauge.Resp;

namespace Streamgauge.Tests.System;

/// <summary>A producer inside the test, so that the oracle sees each event in the moment it is taken.</summary>
internal sealed class Load : IAsyncDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().AddSingleton<SenderMetrics>().BuildServiceProvider();
    private readonly CancellationTokenSource _stopping = new();
    private readonly BufferingSender _sender;
    private readonly CountingSink _sink;
    private readonly Task<GeneratorProgress> _running;

    /// <param name="eventsPerSend">Small frames make many entries, and so many entries in hand when a processor is killed.</param>
    public Load(RedisEndpoint redis, GeneratorOptions what, bool plain, int eventsPerSend)
    {
        var how = new SenderOptions { Redis = redis, Plain = plain, EventsPerSend = eventsPerSend };
        _sender = new BufferingSender(how, _services.GetRequiredService<SenderMetrics>(), NullLogger<BufferingSender>.Instance, TimeProvider.System);
        _sink = new CountingSink(_sender);
        _running = Task.Run(() => new GeneratorLoop(what, TimeProvider.System).RunAsync(_sink, _stopping.Token));
    }

    /// <summary>Completes when a load with an end has been sent and acknowledged.</summary>
    public Task Finished => _running;

    /// <summary>Stops and flushes.</summary>
    /// <returns>All that must be counted in the end.</returns>
    public async Task<Counters> StopAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        return _sink.Taken;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await ((Task)_running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _sender.DisposeAsync();
        await _services.DisposeAsync();
        _stopping.Dispose();
    }
}
