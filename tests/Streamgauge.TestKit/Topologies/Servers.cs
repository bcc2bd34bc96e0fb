using Streamgauge.Resp;

namespace Streamgauge.TestKit;

/// <summary>What the topologies ask of single servers.</summary>
internal static class Servers
{
    /// <summary>One command over a connection of its own.</summary>
    public static async Task<RespValue> AskAsync(this RedisServer server, params string[] command)
    {
        await using var connection = await server.ConnectAsync();
        return await connection.ExecuteAsync(command);
    }

    /// <summary>Whether INFO has all these lines: <c>role:slave</c>. A server that cannot be asked says nothing: it is dead, or sends its clients away as it becomes a replica.</summary>
    public static async Task<bool> SaysAsync(this RedisServer server, string section, params string[] lines)
    {
        try
        {
            var info = (await server.AskAsync("INFO", section)).AsText().Split("\r\n");
            return lines.All(info.Contains);
        }
        catch (RedisException)
        {
            return false;
        }
    }

    /// <summary>Waits until the replicas have all that the master has. Nobody may write meanwhile.</summary>
    public static Task WaitForReplicasAsync(this RedisServer master, int count) => Eventually.Async(
        async () =>
        {
            // master, offset, [[address, port, offset]…]
            var role = await master.AskAsync("ROLE");
            return role[2].Items.Count == count && role[2].Items.All(replica => replica[2].AsInteger() == role[1].AsInteger());
        },
        "the replicas have what the master has");

    public static async Task DisposeAllAsync(IEnumerable<IAsyncDisposable> all)
    {
        foreach (var one in all) await one.DisposeAsync();
    }
}
