using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Streamgauge.Tests.System.Tracing;

/// <summary>A small collector: OTLP over HTTP with protobuf, keeping every span.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<OtlpSpan> _spans = new();
    private TaskCompletionSource? _stalled;

    private OtlpReceiver(WebApplication app) => _app = app;

    public IReadOnlyList<OtlpSpan> Spans => [.. _spans];

    public Uri Address => new(_app.Urls.First());

    public static async Task<OtlpReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var receiver = new OtlpReceiver(builder.Build());
        receiver._app.MapPost("/v1/traces", receiver.TakeAsync);
        await receiver._app.StartAsync();
        return receiver;
    }

    /// <summary>What a process needs to send its spans here, all of them.</summary>
    public Dictionary<string, string?> Environment(string sampler = "always_on") => new(StringComparer.Ordinal)
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = Address.ToString(),
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        ["OTEL_BSP_SCHEDULE_DELAY"] = "100",
        ["OTEL_TRACES_SAMPLER"] = sampler,
    };

    public IEnumerable<OtlpSpan> Named(string name) => _spans.Where(span => span.Name == name);

    /// <summary>Takes requests and does not answer them any more.</summary>
    public void Stall() => _stalled = new TaskCompletionSource();

    public async ValueTask DisposeAsync()
    {
        _stalled?.TrySetResult();
        await _app.DisposeAsync();
    }

    private async Task TakeAsync(HttpContext context)
    {
        if (_stalled is { } stalled) await stalled.Task;
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        foreach (var span in OtlpSpan.ReadAll(body.ToArray())) _spans.Enqueue(span);
        context.Response.ContentType = "application/x-protobuf";
    }
}
