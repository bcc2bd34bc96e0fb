using Streamgauge.Resp;

namespace Streamgauge.Drills;

/// <summary>A client that knows nothing of us: XADD, once, no retry. A reply is ok, an error is a rejection, a broken connection says nothing.</summary>
/// <remarks>Where replicas must confirm, it sends WAIT behind each burst: too few of them say nothing, since the event may be gone after a failover.</remarks>
internal sealed class PlainProducer : IDrillProducer
{
    private static readonly RedisOptions Options = new() { CommandTimeout = TimeSpan.FromSeconds(1), ConnectTimeout = TimeSpan.FromSeconds(1) };
    private const string ReplicaTimeoutMs = "500";
    private static readonly TimeSpan ReconnectAfter = TimeSpan.FromMilliseconds(50);
    private readonly string _stream;
    private readonly EventLedger _ledger;
    private readonly double _rate;
    private readonly int _confirmedBy;
    private readonly List<Task> _sending = [];
    private readonly HashSet<int> _sent = [];
    private RespConnection? _connection;

    /// <param name="confirmedBy">Replicas that must confirm; 0 for a careless client, to which Redis's own reply is enough.</param>
    public PlainProducer(IServer server, string stream, EventLedger ledger, double rate, int confirmedBy)
    {
        _stream = stream;
        _ledger = ledger;
        _rate = rate;
        _confirmedBy = confirmedBy;
        Link = new Link(server, "XADD");
    }

    public Link Link { get; }

    /// <summary>Numbers of the events it sent. To be looked at when it does not run.</summary>
    public IReadOnlySet<int> Sent => _sent;

    public async Task RunAsync(CancellationToken stopping)
    {
        var pacer = new EventPacer(_rate);
        while (!stopping.IsCancellationRequested)
        {
            var due = await pacer.NextAsync(stopping);
            if (due == 0 || !await TryConnectAsync(stopping)) continue;
            _sending.RemoveAll(task => task.IsCompleted);
            var confirmed = new TaskCompletionSource<bool>();
            for (var i = 0; i < due; i++)
            {
                var number = _ledger.Begin();
                _sent.Add(number);
                _sending.Add(SendAsync(_connection!, number, confirmed.Task));
            }

            confirmed.SetResult(_confirmedBy == 0 || await ConfirmAsync(_connection!)); // one at a time: Redis holds the connection up for as long as replicas take
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

    private async Task<bool> ConfirmAsync(RespConnection connection)
    {
        try
        {
            return (await connection.ExecuteAsync(["WAIT", $"{_confirmedBy}", ReplicaTimeoutMs])).AsInteger() >= _confirmedBy;
        }
        catch (RedisException)
        {
            return false;
        }
    }

    private async Task SendAsync(RespConnection connection, int number, Task<bool> confirmed)
    {
        try
        {
            await connection.ExecuteAsync(PlainEvent.Command(_stream, "*", number, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()));
            if (await confirmed) _ledger.Settle(number, Outcome.Ok);
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
