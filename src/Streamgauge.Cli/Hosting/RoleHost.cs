using System.CommandLine;
using System.Diagnostics;
using System.Net.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Streamgauge.Serving;
using Streamgauge.Telemetry;

namespace Streamgauge.Cli;

/// <summary>The process around one or more roles: logs, metrics, signals, and an HTTP port when wanted.</summary>
internal static class RoleHost
{
    // Longer than any role's own drain bound, so that roles end by themselves.
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(25);

    private static readonly TimeSpan FirstAnswerTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FirstAnswerPoll = TimeSpan.FromMilliseconds(10);

    /// <summary>Builds the host; roles stop in reverse order of their registration.</summary>
    /// <param name="http">Where to listen; null for a process without HTTP.</param>
    /// <exception cref="UsageException">The environment says of traces what cannot be.</exception>
    public static WebApplication Build(ParseResult parsed, LogArguments logs, Listening? http, Action<IServiceCollection> addRoles)
    {
        UsageException.ThrowIfAny(parsed, [.. TraceSettings.FindProblems(Environment.GetEnvironmentVariable)]);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.AddStreamgaugeLogging(logs.Level(parsed), logs.Json(parsed));
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None); // a start or a role that fails is told by us, below
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = ShutdownTimeout);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddStreamgaugeTelemetry();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            if (http is not null) kestrel.Listen(http.Address, listen =>
            {
                if (http.Certificate is { } certificate) listen.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => ValueTask.FromResult(new SslServerAuthenticationOptions { ServerCertificateContext = certificate.Current }) });
            });
        });
        if (http is null) builder.Services.AddSingleton<Microsoft.AspNetCore.Hosting.Server.IServer, NoServer>();
        addRoles(builder.Services);
        var app = builder.Build();
        _ = app.Services.GetRequiredService<TraceExport>(); // first, so that it outlives what it traces
        return app;
    }

    /// <summary>Runs until a signal or until a role fails.</summary>
    public static async Task<int> RunAsync(WebApplication app, CancellationToken cancellationToken)
    {
        await StartAsync(app, cancellationToken);
        return await WaitAsync(app);
    }

    /// <summary>Starts the roles and listens.</summary>
    /// <exception cref="UsageException">The address cannot be listened on.</exception>
    public static async Task StartAsync(WebApplication app, CancellationToken cancellationToken)
    {
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (Exception e) when (e is System.Net.Sockets.SocketException || e.InnerException is AddressInUseException)
        {
            throw new UsageException([$"Cannot listen: {e.Message.TrimEnd('.')}. Choose another --port (0 picks a free one) or --bind."]);
        }
    }

    /// <summary>Waits until the API of a started host has counters to show, so that whoever is told its address gets an answer and no 503.</summary>
    /// <remarks>Bounded: while Redis is away it goes on without, and <c>/health</c> says why.</remarks>
    public static async Task WaitForFirstAnswerAsync(WebApplication app)
    {
        var snapshot = app.Services.GetServices<IHealthContributor>().First(contributor => contributor.Name == "snapshot");
        var waited = Stopwatch.StartNew();
        while (snapshot.Check().Status == HealthStatus.Unhealthy && waited.Elapsed < FirstAnswerTimeout && !app.Lifetime.ApplicationStopping.IsCancellationRequested) await Task.Delay(FirstAnswerPoll);
    }

    /// <summary>Waits for the end of a host that was started.</summary>
    public static async Task<int> WaitAsync(WebApplication app)
    {
        await app.WaitForShutdownAsync();
        var faults = app.Services.GetServices<IHostedService>().OfType<BackgroundService>().Select(role => role.ExecuteTask?.Exception).OfType<AggregateException>().ToList();
        foreach (var fault in faults) await Console.Error.WriteLineAsync($"A role failed, and the process with it. This is a bug; please report it: {fault.InnerException}");
        return faults.Count > 0 ? ExitCodes.Failure : ExitCodes.Ok;
    }

    /// <summary>Where a started host listens, as a person would open it.</summary>
    public static string Address(WebApplication app) => app.Urls.First().Replace("0.0.0.0", "localhost", StringComparison.Ordinal).Replace("127.0.0.1", "localhost", StringComparison.Ordinal);
}
