using System.Globalization;
using Streamgauge.Resp;
using Streamgauge.Streams;

namespace Streamgauge.Drills;

/// <summary>Looks at the server past the broken network, over a connection that is made anew whenever it breaks. Thread-safe.</summary>
internal sealed class ServerProbe(IServer server, StreamKeys keys, string group) : IAsyncDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);
    private readonly SemaphoreSlim _connecting = new(1, 1);
    private RespConnection? _connection;

    /// <summary>A connection that was open a moment ago.</summary>
    public async Task<RespConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        await _connecting.WaitAsync(cancellationToken);
        try
        {
            if (_connection is { IsOpen: true }) return _connection;
            if (_connection is not null) await _connection.DisposeAsync();
            _connection = null;
            return _connection = await RespConnection.ConnectAsync(server.Endpoint, new RedisOptions { Tls = server.Options.Tls, ConnectTimeout = Timeout, CommandTimeout = Timeout }, cancellationToken);
        }
        finally
        {
            _connecting.Release();
        }
    }

    /// <summary>Where the group stands; null while the server is away.</summary>
    public Task<GroupStatus?> TryReadStatusAsync(CancellationToken cancellationToken) =>
        TryAsync(connection => new StreamGroup(keys, group).StatusAsync(connection, cancellationToken), cancellationToken);

    /// <summary>Events counted; null while the server is away.</summary>
    public async Task<long?> TryReadTotalAsync(CancellationToken cancellationToken)
    {
        var reply = await TryAsync(connection => connection.ExecuteAsync(["HGET", keys.Aggregates, "total_count"], cancellationToken), cancellationToken);
        return reply is null ? null : reply.IsNull ? 0 : reply.AsInteger();
    }

    /// <summary>Memory Redis uses for data, in bytes; null while the server is away.</summary>
    public async Task<long?> TryReadMemoryAsync(CancellationToken cancellationToken)
    {
        const string Name = "used_memory:";
        var reply = await TryAsync(connection => connection.ExecuteAsync(["INFO", "memory"], cancellationToken), cancellationToken);
        var line = reply?.AsText().Split('\n').FirstOrDefault(line => line.StartsWith(Name, StringComparison.Ordinal));
        return line is null ? null : long.Parse(line.AsSpan(Name.Length), CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is not null) await _connection.DisposeAsync();
        _connecting.Dispose();
    }

    private async Task<T?> TryAsync<T>(Func<RespConnection, Task<T>> read, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            return await read(await ConnectAsync(cancellationToken));
        }
        catch (RedisException)
        {
            return null;
        }
    }
}
