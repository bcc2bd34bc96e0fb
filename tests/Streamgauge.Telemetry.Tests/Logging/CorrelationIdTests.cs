using System.Net.Sockets;
using System.Text;

namespace Streamgauge.Telemetry.Tests;

public sealed class CorrelationIdTests
{
    [Theory]
    [InlineData("a", true)]
    [InlineData("0f8fad5b-d9cb-469f-a165-70867728950e", true)]
    [InlineData("", false)]
    [InlineData(null, false)]
    [InlineData("a b", false)]
    [InlineData("a_b", false)]
    [InlineData("a\r\nSet-Cookie: x=1", false)]
    [InlineData("a\n", false)]
    [InlineData("é", false)]
    [InlineData("<script>", false)]
    public void Only_plain_ids_are_accepted(string? candidate, bool accepted) => Assert.Equal(accepted, CorrelationId.TryAccept(candidate));

    [Fact]
    public void Ids_of_64_chars_are_accepted_and_of_65_refused()
    {
        Assert.True(CorrelationId.TryAccept(new string('a', 64)));
        Assert.False(CorrelationId.TryAccept(new string('a', 65)));
    }

    [Fact]
    public void New_ids_are_acceptable_and_differ()
    {
        var ids = Enumerable.Range(0, 1_000).Select(_ => CorrelationId.New()).ToList();
        Assert.All(ids, id => Assert.True(id.Length == 16 && CorrelationId.TryAccept(id)));
        Assert.Equal(ids.Count, ids.Distinct().Count());
    }

    [Fact]
    public async Task An_accepted_id_comes_back_and_is_in_the_logging_scope()
    {
        await using var app = await RunningApp.StartAsync();
        Assert.Equal("order-4711", await Answered(app, "/items/1", "order-4711"));
        Assert.Contains("CorrelationId=order-4711", app.Scopes.Seen);
    }

    [Theory]
    [InlineData("/items/1")]
    [InlineData("/throws")]
    [InlineData("/nowhere")]
    public async Task Every_answer_carries_an_id_even_failures(string path)
    {
        await using var app = await RunningApp.StartAsync();
        Assert.Matches("^[a-z0-9]{16}$", await Answered(app, path, sent: null));
        Assert.Equal("mine", await Answered(app, path, "mine"));
    }

    [Theory]
    [InlineData("X-Correlation-Id: a b\r\n")]
    [InlineData("X-Correlation-Id: evil%0d%0aSet-Cookie:x=1\r\n")]
    [InlineData("X-Correlation-Id: \"}{\"level\":\"fake\"\r\n")]
    [InlineData("X-Correlation-Id: one\r\nX-Correlation-Id: two\r\n")]
    [InlineData("X-Correlation-Id: one, two\r\n")]
    public async Task Injected_ids_are_replaced(string headers)
    {
        await using var app = await RunningApp.StartAsync();
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", app.Port);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET /items/1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}\r\n"));
        using var reader = new StreamReader(stream);
        var answer = await reader.ReadToEndAsync();

        Assert.StartsWith("HTTP/1.1 200", answer);
        Assert.Matches("(?m)^X-Correlation-Id: [a-z0-9]{16}\r$", answer);
        Assert.DoesNotContain("Set-Cookie", answer);
    }

    private static async Task<string> Answered(RunningApp app, string path, string? sent)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (sent is not null) request.Headers.Add(CorrelationId.HeaderName, sent);
        using var response = await app.Http.SendAsync(request);
        return response.Headers.GetValues(CorrelationId.HeaderName).Single();
    }
}
