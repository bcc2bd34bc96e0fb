using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Streamgauge.Processing;

/// <summary>Adds the processor role to a host.</summary>
public static class ProcessingRegistration
{
    /// <summary>Adds the workers. Safe to call twice; the first options win.</summary>
    /// <exception cref="ArgumentException">The options have mistakes; all of them are listed.</exception>
    public static IServiceCollection AddStreamgaugeProcessor(this IServiceCollection services, ProcessorOptions options)
    {
        var problems = options.FindProblems();
        if (problems.Count > 0) throw new ArgumentException(string.Join("; ", problems), nameof(options));
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(options);
        services.TryAddSingleton<ProcessorMetrics>();
        services.TryAddSingleton<ProcessorService>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, ProcessorService>(provider => provider.GetRequiredService<ProcessorService>()));
        return services;
    }
}
