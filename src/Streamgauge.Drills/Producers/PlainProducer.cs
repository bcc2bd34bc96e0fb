using Streamgauge.Resp;

namespace Streamgauge.Drills;

/// <summary>A client that knows nothing of us: XADD, once, no retry. A reply is ok, an error is a rejection, a broken connection says nothing.</summary>
internal sealed class PlainProducer : IDrillProducer
{
    private static readonly RedisOptions Options = new() { CommandTimeout = TimeSpan.FromSeconds(1), ConnectTimeout = TimeSpan.FromSeconds(1) };
    private static readonly TimeSpan ReconnectAfter = TimeSpan.FromMilliseconds(50);
    private readonly string _stream;
    private readonly EventLedger _ledger;
    private readonly double _rate;
    private readonly List<Task> _sending = [];
    private RespConnection? _connection;

    public PlainProducer(IServer server, string stream, EventLedger ledger, double rate)
    {
        _stream = stream;
        _ledger = ledger;
        _rate = rate;
        Link = new Link(server.Endpoint, "XADD");
    }

    public Link Link { get; }

    public async Task RunAsync(CancellationToken stopping)
    {
        var pacer = new EventPacer(_rate);
        while (!stopping.IsCancellationRequested)
        {
            var due = await pacer.NextAsync(stopping);
            if (due == 0 || !await TryConnectAsync(stopping)) continue;
            _sending.RemoveAll(task => task.IsCompleted);
            for (var i = 0; i < due; i++) _sending.Add(SendAsync(_connection!, _ledger.Begin()));
        }
    }

    public Task SettleAsync(CancellationToken cancellationToken) => Task.CompletedTask; // it never tries again

    public Task FinishAsync(TimeSpan bound) => Task.WhenAll(_sending); // bounded by the timeout of each command

    public async ValueTask DisposeAsync()
    {
        if (_connection is not null) await _connection.DisposeAsync();
        await Task.WhenAll(_sending);
        await Link.DisposeAsync();
    }

    private async Task<bool> TryConnectAsync(CancellationToken stopping)
    {
        if (_connection is { IsOpen: true }) return true;
        if (_connection is not null) await _connection.DisposeAsync();
        _connection = null;
        try
        {
            _connection = await RespConnection.ConnectAsync(Link.Endpoint, Options, stopping);
            return true;
        }
        catch (RedisException)
        {
            await Task.Delay(ReconnectAfter, stopping);
            return false;
        }
    }

    private async Task SendAsync(RespConnection connection, int number)
    {
        try
        {
            await connection.ExecuteAsync(PlainEvent.Command(_stream, "*", number, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()));
            _ledger.Settle(number, Outcome.Ok);
        }
        catch (RedisReplyException)
        {
            _ledger.Settle(number, Outcome.Rejected);
        }
        catch (RedisException)
        {
            // It may have arrived or not: it stays unknown.
        }
    }
}
