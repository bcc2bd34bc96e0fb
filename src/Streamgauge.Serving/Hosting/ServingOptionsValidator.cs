using Microsoft.Extensions.Options;
using Streamgauge.Streams;

namespace Streamgauge.Serving;

/// <summary>Reports every mistake at once; the host does not start with one.</summary>
internal sealed class ServingOptionsValidator : IValidateOptions<ServingOptions>
{
    private const int RequestPartBytesMin = 1024;
    private const int RequestPartBytesMax = 64 * 1024;

    public ValidateOptionsResult Validate(string? name, ServingOptions options)
    {
        var problems = new ValidateOptionsResultBuilder();
        if (StreamKeys.FindProblem(options.Stream) is { } problem) problems.AddError(problem, nameof(options.Stream));
        foreach (var found in options.Connection.FindProblems()) problems.AddError(found, nameof(options.Connection));
        Require(options.Group.Length > 0, nameof(options.Group), options.Group, "not empty");
        Require(options.RefreshInterval >= TimeSpan.FromMilliseconds(10) && options.RefreshInterval <= TimeSpan.FromSeconds(10), nameof(options.RefreshInterval), options.RefreshInterval, "from 10 ms to 10 s");
        Require(options.FullReadInterval >= options.RefreshInterval, nameof(options.FullReadInterval), options.FullReadInterval, $"at least RefreshInterval ({options.RefreshInterval})");
        Require(options.DegradedAfter > options.FullReadInterval, nameof(options.DegradedAfter), options.DegradedAfter, $"more than FullReadInterval ({options.FullReadInterval}), or sound answers would say degraded");
        Require(options.UnhealthyAfter >= options.DegradedAfter, nameof(options.UnhealthyAfter), options.UnhealthyAfter, $"at least DegradedAfter ({options.DegradedAfter})");
        Require(options.LagDegradedAfter > TimeSpan.Zero, nameof(options.LagDegradedAfter), options.LagDegradedAfter, "positive");
        Require(options.ReadThroughMax is >= 1 and <= 64, nameof(options.ReadThroughMax), options.ReadThroughMax, "from 1 to 64");
        Require(options.ViewCellsMax >= 10_000, nameof(options.ViewCellsMax), options.ViewCellsMax, "at least 10000");
        Require(options.ProductSeriesMax is >= 1 and <= 1_000, nameof(options.ProductSeriesMax), options.ProductSeriesMax, "from 1 to 1000");
        Require(options.StreamClientsMax >= 1, nameof(options.StreamClientsMax), options.StreamClientsMax, "at least 1");
        Require(options.StreamInterval >= TimeSpan.FromMilliseconds(10) && options.StreamInterval <= TimeSpan.FromMinutes(1), nameof(options.StreamInterval), options.StreamInterval, "from 10 ms to 1 minute");
        Require(options.StreamHeartbeat > TimeSpan.Zero, nameof(options.StreamHeartbeat), options.StreamHeartbeat, "positive");
        Require(options.StreamSlowAfter > TimeSpan.Zero, nameof(options.StreamSlowAfter), options.StreamSlowAfter, "positive");
        Require(options.StreamDropAfter >= options.StreamSlowAfter, nameof(options.StreamDropAfter), options.StreamDropAfter, $"at least StreamSlowAfter ({options.StreamSlowAfter})");
        Require(options.ConnectionsMax >= 1, nameof(options.ConnectionsMax), options.ConnectionsMax, "at least 1");
        Require(options.RequestLineBytesMax is >= RequestPartBytesMin and <= RequestPartBytesMax, nameof(options.RequestLineBytesMax), options.RequestLineBytesMax, "from 1 KiB to 64 KiB");
        Require(options.RequestHeadersBytesMax is >= RequestPartBytesMin and <= RequestPartBytesMax, nameof(options.RequestHeadersBytesMax), options.RequestHeadersBytesMax, "from 1 KiB to 64 KiB");
        Require(options.RequestHeadersTimeout > TimeSpan.Zero, nameof(options.RequestHeadersTimeout), options.RequestHeadersTimeout, "positive");
        return problems.Build();

        void Require(bool isMet, string setting, object value, string range)
        {
            if (!isMet) problems.AddError($"must be {range}, was {value}", setting);
        }
    }
}
