using System.Net;
using System.Text;
using System.Text.Json;
using Streamgauge.TestKit;

namespace Streamgauge.Tests.System;

/// <summary>Follows a view over a connection that breaks at any byte, and comes back with the id of the last event it got whole.</summary>
internal sealed class LiveClient(ViewsClient api, string question, Random random) : IAsyncDisposable
{
    private const int BytesMax = 40_000;
    private readonly LiveState _state = new();
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stopping = new();
    private string? _lastId;
    private Task _following = Task.CompletedTask;

    /// <summary>Connections that broke, and events of either kind.</summary>
    public (int Breaks, int Snapshots, int Deltas, int Resumed) Seen { get; private set; }

    public void Start() => _following = Task.Run(FollowAsync);

    /// <summary>Waits until it knows exactly what the plain question is answered with.</summary>
    public async Task WaitUntilEqualAsync()
    {
        var (known, told) = ("", "");
        try
        {
            await Eventually.Async(
                async () =>
                {
                    if (_following.IsCompleted) await _following;
                    told = LiveState.Of(await api.GetJsonAsync($"/v1/views/{question}"));
                    lock (_gate) known = _state.ToString();
                    return known == told;
                },
                "the client knows what a plain question is answered with");
        }
        catch (TimeoutException)
        {
            var differences = told.Split('\n').Except(known.Split('\n')).Take(10).Concat(["was:"]).Concat(known.Split('\n').Except(told.Split('\n')).Take(10));
            Assert.Fail($"{question}: {Seen}; expected\n{string.Join('\n', differences)}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _following.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    private async Task FollowAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/stream/{question}");
            if (_lastId is not null) request.Headers.TryAddWithoutValidation("Last-Event-ID", _lastId);
            using var response = await api.FollowAsync(request);
            Assert.True(response.StatusCode == HttpStatusCode.OK, $"{question}: {(int)response.StatusCode} {(response.IsSuccessStatusCode ? "" : await response.Content.ReadAsStringAsync())}; {Seen}");
            await using var stream = await response.Content.ReadAsStreamAsync();
            using var enough = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
            enough.CancelAfter(random.Next(200, 3_000));
            try
            {
                await ReadAsync(stream, random.Next(BytesMax), enough.Token);
            }
            catch (OperationCanceledException)
            {
                // this connection has lasted long enough
            }

            Seen = Seen with { Breaks = Seen.Breaks + 1 };
            await Task.Delay(random.Next(100)); // as a browser waits before it comes back
        }
    }

    private async Task ReadAsync(Stream stream, int bytesMax, CancellationToken enough)
    {
        var got = new List<byte>();
        var buffer = new byte[1024];
        var isFirst = true;
        var cutsFirst = _lastId is not null && random.Next(4) == 0; // an event may be larger than any connection lasts
        for (var bytes = 0; bytes < bytesMax || (isFirst && !cutsFirst);)
        {
            var count = await stream.ReadAsync(buffer, enough);
            Assert.True(count > 0, $"the stream of {question} ended by itself");
            bytes += count;
            got.AddRange(buffer.AsSpan(0, count));
            while (EndOfEvent(got) is var end and > 0)
            {
                Take(Encoding.UTF8.GetString([.. got[..end]]), isFirst);
                got.RemoveRange(0, end);
                isFirst = false;
            }
        }
    }

    private static int EndOfEvent(List<byte> bytes)
    {
        for (var i = 1; i < bytes.Count; i++)
        {
            if (bytes[i] == '\n' && bytes[i - 1] == '\n') return i + 1;
        }

        return 0;
    }

    private void Take(string text, bool isFirst)
    {
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] != ':').ToDictionary(line => line[..line.IndexOf(':')], line => line[(line.IndexOf(':') + 2)..]);
        if (lines.Count == 0) return; // a heartbeat
        Assert.True(lines["event"] is "snapshot" or "delta", text);
        var isSnapshot = lines["event"] == "snapshot";
        lock (_gate) _state.Take(JsonDocument.Parse(lines["data"]).RootElement, isSnapshot);
        if (isFirst && _lastId is not null && !isSnapshot) Seen = Seen with { Resumed = Seen.Resumed + 1 };
        _lastId = lines["id"];
        Seen = isSnapshot ? Seen with { Snapshots = Seen.Snapshots + 1 } : Seen with { Deltas = Seen.Deltas + 1 };
    }
}
