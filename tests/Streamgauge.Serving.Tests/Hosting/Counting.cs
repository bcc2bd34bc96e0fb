using Streamgauge.Resp;
using Streamgauge.Streams;
using Streamgauge.Views;

namespace Streamgauge.Serving.Tests;

/// <summary>One processor in small: appends plain entries and commits them as the product does.</summary>
internal sealed class Counting : IAsyncDisposable
{
    public const string Stream = "events";
    public const string Group = "event_group";
    private static readonly ViewDefinition[] Views = [BuiltInViews.Total, BuiltInViews.EventTypes, BuiltInViews.Products, BuiltInViews.Sessions(TimeSpan.FromHours(24), 1_000_000)];

    private readonly RespConnection _connection;
    private readonly DeltaSet _deltas = new(Views);
    private readonly EntryBatch _batch;
    private readonly ReadRequest _read = new(new StreamKeys(Stream), Group, "proc-1") { Block = TimeSpan.FromMilliseconds(1), Count = 1_000 };

    private Counting(RespConnection connection)
    {
        _connection = connection;
        _batch = new EntryBatch(_deltas.Fields);
        _read.Target = _batch;
    }

    public static async Task<Counting> StartAsync(TestKit.RedisServer redis)
    {
        var connection = await redis.ConnectAsync();
        await FunctionLibrary.EnsureLoadedAsync(connection, CancellationToken.None);
        await new StreamGroup(new StreamKeys(Stream), Group).JoinAsync(connection, TimeSpan.FromHours(24), CancellationToken.None);
        return new Counting(connection);
    }

    public Task AppendAsync(params string[] fields) => _connection.ExecuteAsync(["XADD", Stream, "*", .. fields]);

    public Task AppendAllAsync(IEnumerable<string[]> events) => Task.WhenAll(events.Select(AppendAsync));

    /// <summary>Counts everything that was appended.</summary>
    public async Task CommitAllAsync()
    {
        // Counts the built-in views whatever is declared.
        var version = await _connection.ExecuteAsync(["HGET", new StreamKeys(Stream).Meta, "views_version"]);
        var commit = new CommitRequest(new StreamKeys(Stream), Group, "proc-1", ViewCatalog.Empty.With(Views), version.IsNull ? 0 : version.AsInteger(), deadLettersMax: 100);
        while (true)
        {
            await _connection.ExecuteAsync(_read);
            if (_batch.Count == 0) return;
            _deltas.Fold(_batch.Events);
            commit.Prepare(_batch, _deltas, DateTimeOffset.UtcNow);
            await _connection.ExecuteAsync(commit);
            Assert.Equal(CommitOutcome.Counted, commit.Outcome);
        }
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
