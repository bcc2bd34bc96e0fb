using System.Net;
using System.Text.Json;

namespace Streamgauge.Serving.Tests;

/// <summary>One client of server-sent events, written from the standard and not from our code.</summary>
internal sealed class EventReader : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly HttpResponseMessage _response;
    private readonly StreamReader _lines;

    private EventReader(HttpResponseMessage response, Stream stream)
    {
        _response = response;
        _lines = new StreamReader(stream);
    }

    public HttpResponseMessage Response => _response;

    public int Heartbeats { get; private set; }

    public static async Task<EventReader> OpenAsync(ServingHost host, string path, string? lastEventId = null, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (lastEventId is not null) request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);
        var response = await host.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(expected, response.StatusCode);
        return new EventReader(response, await response.Content.ReadAsStreamAsync());
    }

    /// <summary>The next event; null at the end of the stream.</summary>
    public async Task<LiveMessage?> NextAsync()
    {
        string? kind = null, id = null, data = null;
        while (await _lines.ReadLineAsync().WaitAsync(Patience) is { } line)
        {
            if (line.Length == 0 && data is not null) return new LiveMessage(kind ?? "message", id, JsonDocument.Parse(data).RootElement);
            if (line.StartsWith(':')) Heartbeats++;
            else if (line.StartsWith("event: ", StringComparison.Ordinal)) kind = line[7..];
            else if (line.StartsWith("id: ", StringComparison.Ordinal)) id = line[4..];
            else if (line.StartsWith("data: ", StringComparison.Ordinal)) data += line[6..];
        }

        return null;
    }

    public void Dispose()
    {
        _lines.Dispose();
        _response.Dispose();
    }
}

internal sealed record LiveMessage(string Kind, string? Id, JsonElement Data)
{
    public int Count => Data.GetProperty("totals").GetProperty("count").GetInt32();

    public int Points => Data.GetProperty("buckets").GetArrayLength();
}
