namespace Streamgauge.Resp;

/// <summary>A master and its replicas, watched by sentinels that know which one is the master.</summary>
/// <remarks>
/// Source: "Guidelines for Redis clients with support for Redis Sentinel": ask for the master, then ask it for its role. A master that is replaced while
/// it lives takes writes until the sentinels turn it into a replica, about ten seconds later, and all of them are lost (probed on 7.0.15).
/// So a sentinel is asked again all the time: one small command a second for each connection that is open.
/// </remarks>
public sealed partial class SentinelTopology(IReadOnlyList<RedisHost> seeds, string masterName) : RedisTopology(seeds)
{
    /// <summary>Port of a sentinel whose address names none.</summary>
    public const int DefaultPort = 26379;

    /// <summary>Name the sentinels know the master by.</summary>
    public string MasterName { get; } = masterName;

    internal override string Scheme => "sentinel";

    // MASTERDOWN is a replica's word too: one that waits for its new master.
    internal override bool IsWrongServer(RedisHost server, RedisReplyException error) => error.Code is "READONLY" or "MASTERDOWN";

    private protected override async Task<RespConnection?> SearchAsync(SearchRound round)
    {
        var unknownTo = new List<RedisHost>();
        foreach (var sentinel in Known.InOrder())
        {
            try
            {
                if (await AskAsync(round, sentinel) is { } master)
                {
                    Known.Prefer(sentinel);
                    round.IsWorthWaiting = true;
                    if (await TryConnectAsync(round, master) is { } connection) return connection;
                }
                else
                {
                    unknownTo.Add(sentinel);
                }
            }
            catch (RedisException e)
            {
                Known.Postpone(sentinel);
                round.Add(e);
            }
        }

        if (unknownTo.Count > 0 && !round.IsWorthWaiting)
            round.Add(new RedisReplyException("ERR", $"No sentinel knows a master '{MasterName}' (asked: {string.Join(", ", unknownTo)}). Correct the name after the sentinels in {round.Endpoint}, or have them watch it with 'sentinel monitor {MasterName} …'; `redis-cli -p {DefaultPort} SENTINEL MASTERS` lists the names."));
        return null;
    }

    private async Task<RedisHost?> AskAsync(SearchRound round, RedisHost host)
    {
        await using var sentinel = await ConnectToSentinelAsync(round, host);
        return await AskAsync(sentinel, host, round.CancellationToken);
    }

    private async Task<RedisHost?> AskAsync(RespConnection sentinel, RedisHost host, CancellationToken ct)
    {
        try
        {
            var reply = await sentinel.ExecuteAsync(["SENTINEL", "GET-MASTER-ADDR-BY-NAME", MasterName], ct);
            return reply.IsNull ? null : new RedisHost(reply[0].AsText(), (int)reply[1].AsInteger());
        }
        catch (RedisReplyException e)
        {
            throw new RedisReplyException(e.Code, $"{host} does not answer as a sentinel: {e.Message}. Give the sentinels' own port, {DefaultPort} by default; one server without sentinels is written redis://host:6379.", e);
        }
    }

    private static async Task<RespConnection> ConnectToSentinelAsync(SearchRound round, RedisHost host)
    {
        try
        {
            return await round.ConnectToSentinelAsync(host);
        }
        catch (RedisReplyException e) when (e.Code is "NOAUTH" or "WRONGPASS")
        {
            throw new RedisReplyException(e.Code, $"Cannot log in to sentinel {host}: it {(e.Code == "NOAUTH" ? "asks for a password and none is given" : "refused the password")}. Sentinels have a password of their own ('requirepass' in their configuration), given apart from the address: RedisEndpoint.SentinelPassword, for the command line STREAMGAUGE_SENTINEL_PASSWORD or STREAMGAUGE_SENTINEL_PASSWORD_FILE.", e);
        }
    }

    /// <summary>Null when the server the sentinel named is not there, or is not a master: it died, or was demoted a moment ago.</summary>
    private static async Task<RespConnection?> TryConnectAsync(SearchRound round, RedisHost master)
    {
        RespConnection? connection = null;
        try
        {
            connection = await round.ConnectAsync(master);
            var role = (await connection.ExecuteAsync(["ROLE"], round.CancellationToken))[0].AsText();
            if (role == "master") return connection;
            round.Add(new RedisConnectionException($"The sentinels say that {master} is the master, but it says that it is a {role}: a failover is under way."));
        }
        catch (RedisReplyException e) when (e.Code == "NOPERM" && connection is not null)
        {
            return connection; // who may not ask for the role learns of a wrong one from READONLY
        }
        catch (RedisException e)
        {
            round.Add(e);
            if (!e.IsTransient) round.IsWorthWaiting = false;
        }

        if (connection is not null) await connection.DisposeAsync();
        return null;
    }
}
