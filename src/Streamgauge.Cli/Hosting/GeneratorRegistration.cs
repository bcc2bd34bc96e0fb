using Microsoft.Extensions.DependencyInjection;
using Streamgauge.Producing;

namespace Streamgauge.Cli;

/// <summary>Adds the producer role to a host.</summary>
internal static class GeneratorRegistration
{
    public static IServiceCollection AddGenerator(this IServiceCollection services, GeneratorOptions what, SenderOptions how, GeneratorEnd end)
    {
        services.AddSingleton(what);
        services.AddSingleton(how);
        services.AddSingleton(end);
        services.AddSingleton<SenderMetrics>();
        services.AddSingleton<BufferingSender>();
        services.AddHostedService<GeneratorService>();
        return services;
    }
}
