using System.Text;
using Streamgauge.TestKit;

namespace Streamgauge.Tests.System;

/// <summary>The redis-cli of the machine, fed over its stdin.</summary>
internal static class RedisCli
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    /// <returns>What it printed.</returns>
    public static async Task<string> RunAsync(RedisServer server, string[] options, byte[] input)
    {
        var (_, output, errors) = await MachineTool.RunAsync("redis-cli", ["-s", server.Endpoint.SocketPath!, .. options], input, Timeout);
        return output + errors;
    }

    /// <summary>Commands as they go over the wire, for <c>--pipe</c>: names and values may hold any bytes.</summary>
    public static byte[] Commands(IEnumerable<byte[][]> commands)
    {
        using var wire = new MemoryStream();
        foreach (var command in commands)
        {
            wire.Write(Encoding.ASCII.GetBytes($"*{command.Length}\r\n"));
            foreach (var argument in command)
            {
                wire.Write(Encoding.ASCII.GetBytes($"${argument.Length}\r\n"));
                wire.Write(argument);
                wire.Write("\r\n"u8);
            }
        }

        return wire.ToArray();
    }
}
