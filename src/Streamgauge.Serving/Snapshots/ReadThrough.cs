using Microsoft.Extensions.Options;
using Streamgauge.Resp;

namespace Streamgauge.Serving;

/// <summary>Reads what no snapshot holds (further pages of sessions, single sessions) over one connection, a bounded number at a time.</summary>
internal sealed class ReadThrough(IOptions<ServingOptions> options) : IAsyncDisposable
{
    private readonly RedisClient _client = new(options.Value.Endpoint, options.Value.Connection);
    private readonly SemaphoreSlim _room = new(options.Value.ReadThroughMax);

    /// <summary>Runs one read at once, or not at all: nobody queues.</summary>
    /// <param name="read">Must bring no token of the request's: cancelling in flight would close the connection for its neighbours. The command timeout bounds it.</param>
    public async Task<(ReadOutcome Outcome, T? Value)> RunAsync<T>(Func<RespConnection, Task<T>> read)
    {
        if (!await _room.WaitAsync(TimeSpan.Zero, CancellationToken.None)) return (ReadOutcome.Busy, default);
        try
        {
            return (ReadOutcome.Done, await read(await _client.GetAsync(CancellationToken.None)));
        }
        catch (RedisException)
        {
            return (ReadOutcome.Away, default); // the snapshot's refresh meets the same failure and logs it once
        }
        finally
        {
            _room.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        _room.Dispose();
    }
}

/// <summary>What became of a read.</summary>
internal enum ReadOutcome
{
    Done,

    /// <summary>Too many at once.</summary>
    Busy,

    /// <summary>Redis cannot be read.</summary>
    Away,
}
