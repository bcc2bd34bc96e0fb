using System.Net.Http.Headers;
using Streamgauge.TestKit;

namespace Streamgauge.Tests.System;

/// <summary>The metrics pages of one process per role, which share a Redis and have counted something; scraped once for all tests of a class.</summary>
public sealed class LivePages : IAsyncLifetime
{
    private readonly HttpClient _http = new();
    private readonly List<StreamgaugeProcess> _processes = [];
    private readonly Dictionary<string, Uri> _pages = new(StringComparer.Ordinal);
    private RedisServer _redis = null!;

    /// <summary>Pages by role, in text.</summary>
    internal Dictionary<string, MetricsPage> Text { get; } = new(StringComparer.Ordinal);

    /// <summary>Pages by role, in OpenMetrics.</summary>
    internal Dictionary<string, MetricsPage> OpenMetrics { get; } = new(StringComparer.Ordinal);

    public async Task InitializeAsync()
    {
        _redis = await RedisServer.StartAsync(new RedisServerOptions { AppendOnly = true });
        await using (var redis = await _redis.ConnectAsync()) await redis.ExecuteAsync(["XADD", "events", "*", "event_type", "click", "value", "no number"]); // a dead letter
        foreach (var role in (string[])["process", "produce", "serve"])
        {
            var port = FreePort.Take();
            string[] further = role switch { "process" => ["--audit-every", "1s"], "produce" => ["--rate", "500"], _ => [] };
            _processes.Add(StreamgaugeProcess.Start([role, "--redis", _redis.Endpoint.ToString(), "--port", $"{port}", .. further]));
            _pages[role] = new Uri($"http://127.0.0.1:{port}/metrics");
        }

        await _processes[0].WaitForTextAsync(" counts events on ");
        await _processes[2].WaitForTextAsync("/aggregates");
        await _http.GetStringAsync(new Uri(_pages["serve"], "/aggregates"));
        await Eventually.Async(
            async () => (await ScrapeAsync("serve")).Sum("events_by_product_total") > 500 && (await ScrapeAsync("process")).Samples.ContainsKey("redis_memory_used_bytes") && (await ScrapeAsync("process")).Sum("audits_total") > 0,
            "events are counted, Redis was looked at and an audit was made");
        foreach (var role in _pages.Keys)
        {
            Text[role] = await ScrapeAsync(role);
            OpenMetrics[role] = await ScrapeAsync(role, "application/openmetrics-text; version=1.0.0");
        }
    }

    public async Task DisposeAsync()
    {
        foreach (var process in _processes) await process.DisposeAsync();
        await _redis.DisposeAsync();
        _http.Dispose();
    }

    private async Task<MetricsPage> ScrapeAsync(string role, string accept = "text/plain")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, _pages[role]) { Headers = { Accept = { MediaTypeWithQualityHeaderValue.Parse(accept) } } };
        using var answer = await _http.SendAsync(request);
        return MetricsPage.Parse(await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync());
    }
}
