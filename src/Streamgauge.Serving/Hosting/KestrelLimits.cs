using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace Streamgauge.Serving;

/// <summary>Bounds what one client can make the server hold.</summary>
internal sealed class KestrelLimits(IOptions<ServingOptions> serving) : IConfigureOptions<KestrelServerOptions>
{
    private const int HeadersMax = 64;

    public void Configure(KestrelServerOptions options)
    {
        options.AddServerHeader = false;
        options.Limits.MaxConcurrentConnections = serving.Value.ConnectionsMax;
        options.Limits.MaxConcurrentUpgradedConnections = 0; // nothing here upgrades
        options.Limits.MaxRequestLineSize = serving.Value.RequestLineBytesMax;
        options.Limits.MaxRequestHeadersTotalSize = serving.Value.RequestHeadersBytesMax;
        options.Limits.MaxRequestHeaderCount = HeadersMax;
        options.Limits.RequestHeadersTimeout = serving.Value.RequestHeadersTimeout;
    }
}
