using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Streamgauge.Streams;

namespace Streamgauge.Cli;

/// <summary>Looks at running roles from outside: do they answer, how do they feel, and do they run the same build.</summary>
internal static partial class RoleExamination
{
    /// <summary>Ids of the checks, rows of <c>docs/doctor.md</c>.</summary>
    public static readonly IReadOnlyList<string> Checks = ["role.health", "role.lag", "role.version"];

    private const int AnswerBytesMax = 4 << 20;
    private const double LagSecondsMax = 10;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    public static async Task<IReadOnlyList<Finding>> RunAsync(IReadOnlyList<Uri> roles, CancellationToken cancellationToken)
    {
        var findings = new List<Finding>();
        if (roles.Count == 0) return findings;
        using var http = new HttpClient { Timeout = Timeout, MaxResponseContentBufferSize = AnswerBytesMax };
        string? firstBuild = null;
        foreach (var role in roles)
        {
            var node = role.GetLeftPart(UriPartial.Path).TrimEnd('/'); // without what may stand before an '@'
            findings.Add(await HealthAsync(http, role, cancellationToken) with { Check = Checks[0], Node = node });
            if (findings[^1].Status == FindingStatus.Fail && findings[^1].Seen == NoAnswer) continue;
            var page = await PageAsync(http, role, cancellationToken);
            findings.Add(Lag(page, role) with { Check = Checks[1], Node = node });
            findings.Add(Build(page, ref firstBuild) with { Check = Checks[2], Node = node });
        }

        return findings;
    }

    private const string NoAnswer = "no answer";

    private static async Task<Finding> HealthAsync(HttpClient http, Uri role, CancellationToken cancellationToken)
    {
        var address = new Uri(role, "health");
        try
        {
            using var answer = await http.GetAsync(address, cancellationToken);
            using var document = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(cancellationToken));
            var status = document.RootElement.GetProperty("status").GetString();
            if (status == "healthy") return new Finding(FindingStatus.Ok, "healthy");
            var seen = $"{status}: {Detail(document.RootElement)}";
            var repair = $"curl -s {address}";
            return status == "degraded" ? new Finding(FindingStatus.Warn, seen, "It works on, and says itself what is missing:", repair) : new Finding(FindingStatus.Fail, seen, "It does not do its work, and says itself why:", repair);
        }
        catch (HttpRequestException e)
        {
            return new Finding(FindingStatus.Fail, NoAnswer, $"{e.Message} Start it, or correct --api.", $"curl -s {address}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new Finding(FindingStatus.Fail, NoAnswer, $"It did not answer within {Timeout.TotalSeconds:0} s: it hangs, or something between drops what it says.", $"curl -s {address}");
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return new Finding(FindingStatus.Fail, "answers, but not as a role of ours does", "Something else listens there: correct --api.", $"curl -s {address}");
        }
    }

    /// <summary>The metrics page as text; empty when there is none.</summary>
    private static async Task<string> PageAsync(HttpClient http, Uri role, CancellationToken cancellationToken)
    {
        try
        {
            return await http.GetStringAsync(new Uri(role, "metrics"), cancellationToken);
        }
        catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return "";
        }
    }

    private static Finding Lag(string page, Uri role)
    {
        var match = LagLine().Match(page);
        if (!match.Success) return page.Length == 0 ? new Finding(FindingStatus.Unknown, "no metrics page", "It may be served on another port.") : new Finding(FindingStatus.Ok, "a role without a lag of its own");
        var seconds = double.Parse(match.Groups["seconds"].Value, CultureInfo.InvariantCulture);
        var seen = string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0} s behind");
        return seconds < LagSecondsMax ? new Finding(FindingStatus.Ok, seen) : new Finding(FindingStatus.Warn, seen, "Counting does not keep up with what arrives, or stands still: group.lag and group.consumers say more.", $"curl -s {new Uri(role, "health")}");
    }

    private static Finding Build(string page, ref string? first)
    {
        var match = BuildLine().Match(page);
        if (!match.Success) return new Finding(FindingStatus.Unknown, "does not say which build it is", "Builds cannot be compared.");
        var build = $"{Label(match.Value, "version")}, revision {Label(match.Value, "revision")}";
        first ??= build;
        return build == first ? new Finding(FindingStatus.Ok, build) : new Finding(FindingStatus.Warn, build, $"The first role runs {first}. Both work side by side for the length of a rollout; finish it.");
    }

    private static string Detail(JsonElement health)
    {
        if (health.TryGetProperty("detail", out var detail)) return detail.GetString() ?? "";
        if (!health.TryGetProperty("checks", out var checks)) return "";
        return string.Join("; ", checks.EnumerateArray().Where(check => check.GetProperty("status").GetString() != "healthy").Select(check => $"{check.GetProperty("name").GetString()}: {check.GetProperty("detail").GetString()}"));
    }

    private static string Label(string line, string name) => Regex.Match(line, $"{name}=\"(?<value>[^\"]*)\"", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)).Groups["value"].Value;

    [GeneratedRegex(@"^stream_lag_seconds(\{[^}]*\})? (?<seconds>[0-9.e+-]+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex LagLine();

    [GeneratedRegex(@"^build_info\{[^}\n]*\}", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex BuildLine();
}
