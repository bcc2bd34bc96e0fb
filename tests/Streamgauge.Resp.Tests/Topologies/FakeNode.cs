using Streamgauge.Resp.Tests.Fakes;

namespace Streamgauge.Resp.Tests.Topologies;

/// <summary>A server of a topology: answers each command with what the test has told it to say by now.</summary>
internal sealed class FakeNode : IAsyncDisposable
{
    private readonly FakeServer _server;

    public FakeNode()
    {
        _server = FakeServer.StartRaw(AnswerAsync);
        Host = new RedisHost("127.0.0.1", _server.Endpoint.Port);
    }

    public RedisHost Host { get; }

    public int ConnectionCount => _server.ConnectionCount;

    /// <summary>Commands seen, their first two words.</summary>
    public List<string> Seen { get; } = [];

    /// <summary>Answers by the command's beginning; HELLO is answered OK, all else with an error, unless told otherwise.</summary>
    public Dictionary<string, string> Answers { get; } = new(StringComparer.Ordinal) { ["HELLO"] = "+OK\r\n" };

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    /// <summary>One bulk string.</summary>
    public static string Bulk(string text) => $"${text.Length}\r\n{text}\r\n";

    private async Task AnswerAsync(FakeSession session)
    {
        while (true)
        {
            var command = string.Join(' ', await session.ReadCommandAsync());
            string? answer;
            lock (Answers)
            {
                Seen.Add(command);
                answer = Answers.FirstOrDefault(pair => command.StartsWith(pair.Key, StringComparison.Ordinal)).Value;
            }

            await session.SendAsync(answer ?? $"-ERR unknown command '{command}'\r\n");
        }
    }
}
