using System.Globalization;
using Streamgauge.Resp;
using Streamgauge.TestKit;
using Streamgauge.Views;

namespace Streamgauge.Streams.Tests;

/// <summary>One server for the tests of one class; each test takes a stream of its own.</summary>
public sealed class RedisFixture : IAsyncLifetime
{
    private int _streams;

    public RedisServer Server { get; private set; } = null!;

    public RespConnection Redis { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Server = await RedisServer.StartAsync();
        Redis = await Server.ConnectAsync();
        await FunctionLibrary.EnsureLoadedAsync(Redis, CancellationToken.None);
    }

    public async Task DisposeAsync()
    {
        await Redis.DisposeAsync();
        await Server.DisposeAsync();
    }

    /// <summary>A stream no other test has, its group made.</summary>
    public async Task<StreamRig> NewStreamAsync(TimeSpan? sessionRetain = null, int groupsMax = 1_000_000)
    {
        var rig = new StreamRig(Redis, $"s{Interlocked.Increment(ref _streams)}", sessionRetain ?? TimeSpan.FromHours(24), groupsMax);
        await rig.JoinAsync();
        return rig;
    }
}

/// <summary>A stream, its group and short words for what tests do with them.</summary>
public sealed class StreamRig
{
    public const string Group = "g";
    private readonly TimeSpan _sessionRetain;

    public StreamRig(RespConnection redis, string stream, TimeSpan sessionRetain, int groupsMax)
    {
        Redis = redis;
        Keys = new StreamKeys(stream);
        StreamGroup = new StreamGroup(Keys, Group);
        _sessionRetain = sessionRetain;
        Views =
        [
            BuiltInViews.Total, BuiltInViews.EventTypes with { GroupsMax = Math.Min(groupsMax, 1_000) },
            BuiltInViews.Products with { GroupsMax = groupsMax }, BuiltInViews.Sessions(sessionRetain, groupsMax),
        ];
    }

    public RespConnection Redis { get; }

    public StreamKeys Keys { get; }

    public StreamGroup StreamGroup { get; }

    public IReadOnlyList<ViewDefinition> Views { get; }

    public CatalogEditor Editor => new(Redis, Keys, Group);

    /// <summary>Declares views before anything is counted.</summary>
    public Task DeclareAsync(params ViewDefinition[] declared) => Editor.ApplyAsync(declared, drops: true, _ => { }, CancellationToken.None);

    public Task<ViewCatalog> CatalogAsync() => StoredCatalog.ReadAsync(Redis, Keys, CancellationToken.None);

    public Task<JoinResult> JoinAsync() => StreamGroup.JoinAsync(Redis, _sessionRetain, CancellationToken.None);

    public Task<RespValue> RunAsync(params string[] command) => Redis.ExecuteAsync(command);

    /// <summary>Appends one plain entry; its id.</summary>
    public async Task<string> AddAsync(params string[] fields) => (await RunAsync(["XADD", Keys.Stream, "*", .. fields])).AsText();

    /// <summary>Appends a click of 1.5 each; their ids.</summary>
    public async Task<string[]> AddClicksAsync(int count)
    {
        var ids = new string[count];
        for (var i = 0; i < count; i++) ids[i] = await AddAsync("event_type", "click", "product", "laptop", "session_id", $"{i}", "value", "1.5");
        return ids;
    }

    /// <summary>A consumer that counts the built-in views and those of <paramref name="catalog"/>.</summary>
    public TestConsumer Consumer(string name, RecoveryLimits? limits = null, ViewCatalog? catalog = null) => new(this, name, limits ?? new RecoveryLimits(), catalog ?? ViewCatalog.Empty);

    public Task<AggregatesSnapshot> ReadAsync() => new AggregatesReader(Keys, Group).ReadAsync(Redis, CancellationToken.None);

    public async Task<string?> MetaAsync(string field) => (await RunAsync("HGET", Keys.Meta, field)).Text;

    public async Task<long> PendingAsync() => (await RunAsync("XPENDING", Keys.Stream, Group))[0].AsInteger();

    public async Task<IReadOnlyList<IReadOnlyDictionary<string, string>>> DeadAsync()
    {
        var letters = await RunAsync("XRANGE", Keys.Dead, "-", "+");
        return [.. letters.Items.Select(letter => (IReadOnlyDictionary<string, string>)letter[1].Items.Chunk(2).ToDictionary(pair => pair[0].AsText(), pair => pair[1].AsText()))];
    }

    /// <summary>Every key of this stream and its bytes, so that "nothing was written" can be told exactly.</summary>
    public async Task<SortedDictionary<string, string>> DumpAsync()
    {
        var dump = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var key in (await RunAsync("KEYS", "*")).Items.Select(item => item.AsText()).Where(key => key == Keys.Stream || key.StartsWith($"{{{Keys.Stream}}}", StringComparison.Ordinal)))
            dump[key] = Convert.ToHexString((await RunAsync("DUMP", key)).AsBytes().Span);
        return dump;
    }

    public static DateTimeOffset Updated { get; } = DateTimeOffset.Parse("2026-01-02T03:04:05.678Z", CultureInfo.InvariantCulture);
}

/// <summary>One consumer with a batch of its own.</summary>
public sealed class TestConsumer
{
    private readonly StreamRig _rig;
    private readonly string _name;
    private readonly RecoverRequest _recover;

    public TestConsumer(StreamRig rig, string name, RecoveryLimits limits, ViewCatalog catalog)
    {
        _rig = rig;
        _name = name;
        var views = catalog.With(rig.Views);
        Deltas = new DeltaSet([.. views.Select(view => view.Definition)]);
        Batch = new EntryBatch(Deltas.Fields);
        Commit = new CommitRequest(rig.Keys, StreamRig.Group, name, views, catalog.Version, limits.DeadLettersMax);
        _recover = new RecoverRequest(rig.Keys, StreamRig.Group, name, limits) { Target = Batch };
    }

    public EntryBatch Batch { get; }

    public DeltaSet Deltas { get; }

    public CommitRequest Commit { get; }

    public string[] Ids => [.. Batch.Ids.ToArray().Select(id => id.ToString())];

    /// <summary>New entries into the batch, without waiting; how many.</summary>
    public async Task<int> ReadAsync(int count)
    {
        var read = new ReadRequest(_rig.Keys, StreamRig.Group, _name) { Target = Batch, Count = count, Block = TimeSpan.FromMilliseconds(1) };
        await _rig.Redis.ExecuteAsync(read);
        return Batch.Count;
    }

    /// <summary>One page of pending entries into the batch: our own without <paramref name="idle"/>.</summary>
    public async Task<RecoverRequest> RecoverAsync(TimeSpan? idle = null, int count = 100, StreamEntryId after = default)
    {
        _recover.IdleAtLeast = idle;
        _recover.Count = count;
        _recover.After = after;
        await _rig.Redis.ExecuteAsync(_recover);
        return _recover;
    }

    /// <summary>Commits the batch as it stands.</summary>
    public async Task<CommitOutcome> CommitAsync(DateTimeOffset? now = null)
    {
        Deltas.Fold(Batch.Events);
        Commit.Prepare(Batch, Deltas, now ?? DateTimeOffset.UtcNow);
        await _rig.Redis.ExecuteAsync(Commit);
        return Commit.Outcome;
    }

    /// <summary>Reads and commits until nothing new is left.</summary>
    public async Task DrainAsync()
    {
        while (await ReadAsync(100) > 0) Assert.Equal(CommitOutcome.Counted, await CommitAsync());
    }
}
