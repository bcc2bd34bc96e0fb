using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Streamgauge.Serving;

/// <summary>Adds the read side to a host and maps its endpoints.</summary>
public static class StreamgaugeServingExtensions
{
    private const string MappedKey = "Streamgauge.Serving.Mapped";

    /// <summary>Adds the snapshot, the API's services, health and metrics. Safe to call twice; every <paramref name="configure"/> applies.</summary>
    public static IServiceCollection AddStreamgaugeServing(this IServiceCollection services, Action<ServingOptions>? configure = null)
    {
        if (configure is not null) services.Configure(configure);
        if (services.Any(service => service.ServiceType == typeof(SnapshotSource))) return services;

        services.AddOptionsWithValidateOnStart<ServingOptions, ServingOptionsValidator>();
        services.AddMetrics();
        services.AddRouting();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<ViewStore>();
        services.AddSingleton<SnapshotSource>();
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<SnapshotSource>());
        services.AddSingleton<ReadThrough>();
        services.AddSingleton<BucketGathering>();
        services.AddSingleton<ViewAnswers>();
        services.AddSingleton<LiveClients>();
        services.AddSingleton<LiveMetrics>();
        services.AddSingleton<HealthReporter>();
        services.AddSingleton<PipelineSource>();
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<PipelineSource>());
        services.AddSingleton<IHealthContributor, RedisHealth>();
        services.AddSingleton<IHealthContributor, SnapshotHealth>();
        services.AddSingleton<IHealthContributor, GroupHealth>();
        services.AddSingleton<IHealthContributor, LagHealth>();
        services.AddSingleton<IConfigureOptions<KestrelServerOptions>, KestrelLimits>();
        return services;
    }

    /// <summary>Maps the documented endpoints, unversioned and below <c>/v1</c>, and answers every error of the application with problem details. Safe to call twice.</summary>
    public static WebApplication MapStreamgauge(this WebApplication app)
    {
        if (!((IApplicationBuilder)app).Properties.TryAdd(MappedKey, value: true)) return app;
        app.UseProblemAnswers();
        foreach (var prefix in (string[])["", "/v1"])
        {
            var group = app.MapGroup(prefix);
            AggregatesApi.Map(group);
            HealthApi.Map(group);
        }

        app.Services.GetRequiredService<LiveMetrics>(); // so that its instruments are there before the first client
        var versioned = app.MapGroup("/v1");
        ViewsApi.Map(versioned);
        SessionsApi.Map(versioned);
        LiveApi.Map(versioned);
        RecentEventsApi.Map(versioned);
        PipelineApi.Map(versioned);
        DeadLettersApi.Map(versioned);
        OpenApiApi.Map(app);
        DashboardApi.Map(app);

        return app;
    }
}
