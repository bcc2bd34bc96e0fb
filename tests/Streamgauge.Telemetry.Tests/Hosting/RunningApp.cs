using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Streamgauge.Telemetry.Tests;

/// <summary>A real host on a free port, with every middleware of this library.</summary>
internal sealed class RunningApp : IAsyncDisposable
{
    private readonly WebApplication _app;

    private RunningApp(WebApplication app, ScopeRecorder scopes) => (_app, Scopes) = (app, scopes);

    public HttpClient Http { get; private set; } = null!;

    public IServiceProvider Services => _app.Services;

    public int Port => new Uri(_app.Urls.First()).Port;

    public ScopeRecorder Scopes { get; }

    public static async Task<RunningApp> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddStreamgaugeTelemetry().AddStreamgaugeTelemetry();
        var scopes = new ScopeRecorder();
        builder.Logging.ClearProviders().AddProvider(scopes);

        var app = builder.Build();
        app.UseApiMetrics();
        app.UseCorrelationId();
        app.UseExceptionHandler(new ExceptionHandlerOptions { ExceptionHandler = context => context.Response.WriteAsync("failed") });
        app.MapMetrics("/metrics").DisableHttpMetrics();
        app.MapGet("/items/{id}", (string id, ILoggerFactory loggers) =>
        {
            loggers.CreateLogger("test").LogWarning("handled");
            return id;
        });
        app.MapGet("/throws", string () => throw new InvalidOperationException("on purpose"));
        app.MapGet("/stream", () => "endless").DisableHttpMetrics();
        await app.StartAsync();
        return new RunningApp(app, scopes) { Http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) } };
    }

    public async Task<Page> ScrapeAsync() => Page.Parse(await Http.GetStringAsync("/metrics"));

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
    }
}

/// <summary>Keeps the scopes under which category "test" logged.</summary>
internal sealed class ScopeRecorder : ILoggerProvider, ISupportExternalScope
{
    private IExternalScopeProvider _scopes = new LoggerExternalScopeProvider();

    public ConcurrentQueue<string> Seen { get; } = new();

    public ILogger CreateLogger(string categoryName) => new Recorder(this, categoryName == "test");

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    public void Dispose()
    {
    }

    private sealed class Recorder(ScopeRecorder owner, bool records) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => owner._scopes.Push(state);

        public bool IsEnabled(LogLevel logLevel) => records;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!records) return;
            owner._scopes.ForEachScope(static (scope, seen) =>
            {
                if (scope is IEnumerable<KeyValuePair<string, object?>> pairs)
                {
                    foreach (var pair in pairs) seen.Enqueue($"{pair.Key}={pair.Value}");
                }
            }, owner.Seen);
        }
    }
}
