using System.Net;
using System.Text.Json;
using Streamgauge.Resp;
using Streamgauge.TestKit;

namespace Streamgauge.Tests.System;

/// <summary>Asks a running API about views, as any HTTP client would.</summary>
internal sealed class ViewsClient(Uri address) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = address };

    /// <summary>Finds the address in what a process said: <c>… http://127.0.0.1:34567/aggregates …</c>.</summary>
    public static ViewsClient Of(string said)
    {
        var from = said.IndexOf("http://", StringComparison.Ordinal);
        return new ViewsClient(new Uri(said[from..said.IndexOf("/aggregates", from, StringComparison.Ordinal)]));
    }

    public void Dispose() => _http.Dispose();

    /// <summary>Path and parameters of a question about a view.</summary>
    public static string PathOf(string view, IEnumerable<(string Name, string Value)> parameters) =>
        $"/v1/views/{view}?{string.Join('&', parameters.Select(parameter => $"{parameter.Name}={Uri.EscapeDataString(parameter.Value)}"))}";

    public Task<HttpResponseMessage> GetAsync(string path) => _http.GetAsync(new Uri(path, UriKind.Relative));

    /// <summary>A stream that is read while it comes.</summary>
    public Task<HttpResponseMessage> FollowAsync(HttpRequestMessage request) => _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);

    /// <summary>An answer as JSON; anything but 200 fails the test.</summary>
    public async Task<JsonElement> GetJsonAsync(string path)
    {
        using var response = await GetAsync(path);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{path}: {(int)response.StatusCode} {text}");
        return JsonDocument.Parse(text).RootElement;
    }

    /// <inheritdoc cref="GetJsonAsync(string)"/>
    public Task<JsonElement> AskAsync(string view, params (string Name, string Value)[] parameters) => GetJsonAsync(PathOf(view, parameters));

    /// <summary>Waits until everything is counted and the API knows the newest commit.</summary>
    public async Task WaitUntilCurrentAsync(RespConnection redis)
    {
        await CountersInRedis.WaitUntilDrainedAsync(redis);
        var meta = CountersInRedis.Keys.Meta;
        await Eventually.Async(
            async () => await AskAsync("total") is var total
                && total.GetProperty("revision").GetInt64() == long.Parse((await redis.ExecuteAsync(["HGET", meta, "commits"])).AsText())
                && total.GetProperty("lag_seconds").GetDecimal() == 0,
            "the API knows the newest commit");
    }
}
