using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Streamgauge.Resp;
using Streamgauge.TestKit;

namespace Streamgauge.Serving.Tests;

/// <summary>The real read side on Kestrel, on a free port.</summary>
internal sealed class ServingHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ServingHost(WebApplication app)
    {
        _app = app;
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
    }

    public HttpClient Client { get; }

    public IServiceProvider Services => _app.Services;

    public static async Task<ServingHost> StartAsync(RedisEndpoint endpoint, Action<ServingOptions>? configure = null, Action<WebApplicationBuilder>? build = null, Action<WebApplication>? map = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Critical);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddStreamgaugeServing(options => options.Endpoint = endpoint).AddStreamgaugeServing(configure);
        build?.Invoke(builder);
        var app = builder.Build();
        app.MapStreamgauge().MapStreamgauge();
        map?.Invoke(app);
        await app.StartAsync();
        return new ServingHost(app);
    }

    public static async Task<ServingHost> StartReadyAsync(RedisEndpoint endpoint, Action<ServingOptions>? configure = null)
    {
        var host = await StartAsync(endpoint, configure);
        await host.UntilStatusAsync("/health/ready", HttpStatusCode.OK);
        return host;
    }

    public async Task<JsonElement> GetJsonAsync(string path, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using var response = await Client.GetAsync(new Uri(path, UriKind.Relative));
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(expected == response.StatusCode, $"{path} answered {(int)response.StatusCode}: {text[..Math.Min(text.Length, 2_000)]}");
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }

    /// <summary>Asks until the answer fulfils the condition.</summary>
    public async Task<JsonElement> UntilAsync(string path, Func<JsonElement, bool> condition, string what)
    {
        JsonElement last = default;
        await Eventually.Async(async () => condition(last = await GetJsonAsync(path)), what);
        return last;
    }

    public Task UntilStatusAsync(string path, HttpStatusCode status) => Eventually.Async(
        async () =>
        {
            using var response = await Client.GetAsync(new Uri(path, UriKind.Relative));
            return response.StatusCode == status;
        },
        $"{path} answers {status}");

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }
}
