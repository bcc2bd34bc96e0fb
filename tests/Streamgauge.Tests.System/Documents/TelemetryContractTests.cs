using System.Text.RegularExpressions;
using Streamgauge.TestKit;

namespace Streamgauge.Tests.System;

/// <summary><c>docs/telemetry.md</c> and the metrics page of a running process name the same metrics, with the same types.</summary>
public sealed partial class TelemetryContractTests
{
    // Of .NET itself; its documentation describes them.
    private const string ForeignPrefix = "dotnet_";

    [Fact]
    public async Task Every_metric_on_the_page_has_its_row_and_every_row_its_metric()
    {
        var folder = Directory.CreateTempSubdirectory("sg-").FullName;
        try
        {
            await using var up = await UpProcess.StartAsync(folder);
            await up.WaitUntilCountedAsync(1_000);
            var page = "";
            await Eventually.Async(async () => (page = await up.GetMetricsAsync()).Contains("\nredis_clients ", StringComparison.Ordinal), "Redis was looked at"); // until then nothing is told of it
            var exposed = Types().Matches(page)
                .Select(match => (Name: match.Groups["name"].Value, Type: match.Groups["type"].Value))
                .Where(metric => !metric.Name.StartsWith(ForeignPrefix, StringComparison.Ordinal));
            var documented = Rows().Matches(await File.ReadAllTextAsync(Path.Combine(RepositoryRoot.Find(), "docs/telemetry.md")))
                .Select(match => (Name: match.Groups["name"].Value, Type: match.Groups["type"].Value));
            Assert.Equal(documented.Order(), exposed.Order());
            await up.StopAsync();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [GeneratedRegex(@"(?m)^# TYPE (?<name>\w+) (?<type>\w+)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Types();

    [GeneratedRegex(@"(?m)^\| `(?<name>\w+)` \| (?<type>counter|gauge|histogram|untyped) \|", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Rows();
}
