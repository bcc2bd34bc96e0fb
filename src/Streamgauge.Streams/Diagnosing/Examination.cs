using System.Globalization;
using Streamgauge.Resp;

namespace Streamgauge.Streams;

/// <summary>One server under examination: read-only questions, each asked once, and the commands that would repair it.</summary>
/// <remarks>A connection that broke during one check is made anew for the next.</remarks>
internal sealed class Examination(DiagnosisOptions options, RedisEndpoint endpoint) : IAsyncDisposable
{
    private readonly RedisClient _client = new(endpoint, options.Connection);
    private readonly Dictionary<string, string> _config = new(StringComparer.Ordinal);
    private Dictionary<string, string>? _info;
    private GroupStatus? _status;

    public DiagnosisOptions Options { get; } = options;

    public RedisEndpoint Endpoint { get; } = endpoint;

    /// <summary>Whether it let us in and answers, be it with errors; without, there is nothing further to ask.</summary>
    public bool IsConnected { get; set; }

    public StreamKeys Keys => Options.Keys;

    public RepairCommands Repair { get; } = new(endpoint, options.Connection.Tls, options.Keys, options.Group);

    /// <summary>The user this connection is logged in as.</summary>
    public string User => Endpoint.User ?? "default";

    public ValueTask<RespConnection> ConnectAsync(CancellationToken cancellationToken) => _client.GetAsync(cancellationToken);

    public Task<RespValue> ExecuteAsync(string[] command, CancellationToken cancellationToken) => _client.ExecuteAsync(command, cancellationToken);

    /// <summary>A field of <c>INFO</c>; empty when this server has none of that name.</summary>
    public async Task<string> InfoAsync(string field, CancellationToken cancellationToken)
    {
        _info ??= ServerInfo.Parse((await ExecuteAsync(["INFO"], cancellationToken)).AsText());
        return _info.GetValueOrDefault(field, "");
    }

    /// <summary>A number of <c>INFO</c>; 0 when this server has none of that name.</summary>
    public async Task<long> InfoNumberAsync(string field, CancellationToken cancellationToken) => Number(await InfoAsync(field, cancellationToken));

    /// <summary>A setting; empty when this server has none of that name.</summary>
    public async Task<string> ConfigAsync(string name, CancellationToken cancellationToken)
    {
        if (_config.TryGetValue(name, out var known)) return known;
        var reply = await ExecuteAsync(["CONFIG", "GET", name], cancellationToken);
        return _config[name] = reply.Get(name)?.AsText() ?? "";
    }

    public async Task<long> ConfigNumberAsync(string name, CancellationToken cancellationToken) => Number(await ConfigAsync(name, cancellationToken));

    /// <summary>Where the group stands; needs the function library.</summary>
    public async Task<GroupStatus> StatusAsync(CancellationToken cancellationToken) =>
        _status ??= await new StreamGroup(Keys, Options.Group).StatusAsync(await ConnectAsync(cancellationToken), cancellationToken);

    /// <summary><c>XINFO STREAM</c>; null when there is no such key.</summary>
    public async Task<RespValue?> StreamInfoAsync(CancellationToken cancellationToken) =>
        (await ExecuteAsync(["EXISTS", Keys.Stream], cancellationToken)).AsInteger() == 0 ? null : await ExecuteAsync(["XINFO", "STREAM", Keys.Stream], cancellationToken);

    /// <summary>The groups of the stream; empty when there is no such key.</summary>
    public async Task<IReadOnlyList<RespValue>> GroupsAsync(CancellationToken cancellationToken) =>
        (await ExecuteAsync(["EXISTS", Keys.Stream], cancellationToken)).AsInteger() == 0 ? [] : (await ExecuteAsync(["XINFO", "GROUPS", Keys.Stream], cancellationToken)).Items;

    /// <summary>What <c>XINFO GROUPS</c> says of our group; null when there is none.</summary>
    public async Task<RespValue?> OwnGroupAsync(CancellationToken cancellationToken) =>
        (await GroupsAsync(cancellationToken)).FirstOrDefault(group => group.Get("name")?.Text == Options.Group);

    /// <summary>The oldest pending entry of a group, or null.</summary>
    public async Task<StreamEntryId?> OldestPendingAsync(string group, CancellationToken cancellationToken)
    {
        var summary = await ExecuteAsync(["XPENDING", Keys.Stream, group], cancellationToken);
        return summary[0].AsInteger() == 0 ? null : Id(summary[1]);
    }

    /// <summary>A field of the books; null when it is not there.</summary>
    public async Task<string?> BookAsync(string field, CancellationToken cancellationToken) => (await ExecuteAsync(["HGET", Keys.Meta, field], cancellationToken)).Text;

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    public static StreamEntryId Id(RespValue? value) => value is { IsNull: false } && StreamEntryId.TryParse(value.AsBytes().Span, out var id) ? id : default;

    public static long Number(string? text) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : 0;
}
