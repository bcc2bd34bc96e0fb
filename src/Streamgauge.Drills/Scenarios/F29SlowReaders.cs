using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Streamgauge.Drills;

internal sealed class F29SlowReaders : Scenario
{
    private const int Readers = 300;
    private const int ServedMax = 256; // docs/architecture.md: clients of /v1/stream
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(3);

    public override string Id => "F29";

    public override string Title => "300 readers hold live streams of the API open and hardly read";

    public override string Promise => "at most 256 are served, the rest are told; memory stays bounded and counting does not notice";

    internal override RigSetup Setup => new() { StartsApi = true };

    internal override async Task RunAsync(DrillRig rig, CancellationToken cancellationToken)
    {
        var readers = new List<Socket>();
        try
        {
            var statuses = new List<string>();
            for (var i = 0; i < Readers; i++)
            {
                var reader = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
                readers.Add(reader);
                await reader.ConnectAsync(IPAddress.Loopback, rig.Api!.Address.Port, cancellationToken);
                await reader.SendAsync(Encoding.ASCII.GetBytes("GET /v1/stream/event_types HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n"), cancellationToken);
                statuses.Add(await ReadStatusAsync(reader, cancellationToken));
            }

            var served = statuses.Count(status => status == "200");
            rig.Journal.Note("slow-readers", $"{served} served, {statuses.Count(status => status == "503")} refused");
            if (served is 0 or > ServedMax) rig.Findings.Add($"{served} of {Readers} readers are served, at most {ServedMax} may be");
            await Task.Delay(Length, cancellationToken);
            await rig.RecoverAsync("slow-readers", cancellationToken);
        }
        finally
        {
            foreach (var reader in readers) reader.Dispose();
        }
    }

    /// <summary>The code of <c>HTTP/1.1 200 …</c>, and not a byte more.</summary>
    private static async Task<string> ReadStatusAsync(Socket reader, CancellationToken cancellationToken)
    {
        var line = new byte[12];
        for (var read = 0; read < line.Length;)
        {
            var count = await reader.ReceiveAsync(line.AsMemory(read), cancellationToken);
            if (count == 0) return "";
            read += count;
        }

        return Encoding.ASCII.GetString(line, 9, 3);
    }
}
