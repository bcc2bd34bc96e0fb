using System.Net;
using System.Net.Sockets;
using System.Text;
using Streamgauge.Resp;

namespace Streamgauge.Streams.Tests;

/// <summary>Answers every WAIT with the bytes given, everything else with OK: for commands of later servers than the one installed.</summary>
internal sealed class OneReplyServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Task _serving;

    public OneReplyServer(string reply)
    {
        _listener.Start();
        Endpoint = RedisEndpoint.Parse($"redis://{_listener.LocalEndpoint}");
        _serving = ServeAsync(reply);
    }

    public RedisEndpoint Endpoint { get; }

    public string Received { get; private set; } = "";

    public async ValueTask DisposeAsync()
    {
        await _serving;
        _listener.Stop();
    }

    private async Task ServeAsync(string reply)
    {
        using var client = await _listener.AcceptTcpClientAsync();
        var stream = client.GetStream();
        var buffer = new byte[4096];
        for (int count; (count = await stream.ReadAsync(buffer)) > 0;)
        {
            var text = Encoding.UTF8.GetString(buffer, 0, count);
            Received += text;
            await stream.WriteAsync(Encoding.UTF8.GetBytes(text.Contains("WAIT", StringComparison.Ordinal) ? reply : "+OK\r\n"));
        }
    }
}
