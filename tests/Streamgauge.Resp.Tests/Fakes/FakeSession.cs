using System.Net.Sockets;
using System.Text;

namespace Streamgauge.Resp.Tests.Fakes;

/// <summary>One connection as the server sees it. Its parsing shares no code with the library.</summary>
internal sealed class FakeSession
{
    private readonly TcpClient _client;
    private readonly BufferedStream _input;
    private readonly NetworkStream _output;

    public FakeSession(TcpClient client, CancellationToken stopping)
    {
        _client = client;
        _client.NoDelay = true;
        _output = client.GetStream();
        _input = new BufferedStream(_output, 64 * 1024);
        Stopping = stopping;
    }

    public CancellationToken Stopping { get; }

    /// <summary>Bytes of all commands read so far.</summary>
    public long BytesRead { get; private set; }

    public int CommandsRead { get; private set; }

    // *2\r\n $4\r\nECHO\r\n $1\r\nx\r\n
    public async Task<string[]> ReadCommandAsync()
    {
        var arguments = new string[int.Parse((await ReadLineAsync())[1..])];
        for (var index = 0; index < arguments.Length; index++)
        {
            var payload = new byte[int.Parse((await ReadLineAsync())[1..]) + 2];
            await _input.ReadExactlyAsync(payload, Stopping);
            BytesRead += payload.Length;
            arguments[index] = Encoding.UTF8.GetString(payload, 0, payload.Length - 2);
        }

        CommandsRead++;
        return arguments;
    }

    public Task SendAsync(string text) => SendAsync(Encoding.UTF8.GetBytes(text));

    public async Task SendAsync(ReadOnlyMemory<byte> bytes) => await _output.WriteAsync(bytes, Stopping);

    public async Task EchoAsync()
    {
        while (true)
        {
            var last = (await ReadCommandAsync())[^1];
            await SendAsync($"${Encoding.UTF8.GetByteCount(last)}\r\n{last}\r\n");
        }
    }

    /// <summary>Reads and never answers.</summary>
    public async Task StallAsync()
    {
        while (true) await ReadCommandAsync();
    }

    public void Close() => _client.Dispose();

    private async Task<string> ReadLineAsync()
    {
        var line = new StringBuilder();
        var one = new byte[1];
        while (true)
        {
            await _input.ReadExactlyAsync(one, Stopping);
            BytesRead++;
            if (one[0] == '\n') return line.ToString(0, line.Length - 1);
            line.Append((char)one[0]);
        }
    }
}
