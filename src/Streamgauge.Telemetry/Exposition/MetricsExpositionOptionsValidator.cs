using Microsoft.Extensions.Options;

namespace Streamgauge.Telemetry;

internal sealed class MetricsExpositionOptionsValidator : IValidateOptions<MetricsExpositionOptions>
{
    public ValidateOptionsResult Validate(string? name, MetricsExpositionOptions options)
    {
        var problems = new ValidateOptionsResultBuilder();
        if (options.SeriesMax is < 1 or > 100_000)
            problems.AddError($"must be 1 to 100000, was {options.SeriesMax}", nameof(options.SeriesMax));
        if (options.LabelValueCharsMax is < 16 or > 4_096)
            problems.AddError($"must be 16 to 4096, was {options.LabelValueCharsMax}", nameof(options.LabelValueCharsMax));
        if (options.Meters.Any(string.IsNullOrWhiteSpace))
            problems.AddError("must not contain an empty name", nameof(options.Meters));
        return problems.Build();
    }
}
