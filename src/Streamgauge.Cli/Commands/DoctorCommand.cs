using System.CommandLine;
using Streamgauge.Producing;
using Streamgauge.Streams;

namespace Streamgauge.Cli;

/// <summary><c>doctor</c>: what is wrong with a Redis and a deployment, and the command that repairs each.</summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        var command = new Command("doctor", """
            Examine a Redis, the stream on it and running roles; say what is wrong, why it matters, and the exact command that repairs it.
            Reads only, and little: safe beside full load. Exit code 3 when anything fails. docs/doctor.md explains every check.

            Examples:
              streamgauge doctor
              streamgauge doctor --redis rediss://cache:6380 --output json
              streamgauge doctor --redis unix://$PWD/data/redis.sock --api http://localhost:8080 --strict
            """);
        var redis = new RedisArguments(command);
        var output = OutputArgument.Create();
        var api = new Option<string[]>("--api") { Description = "Address of a running role to look at too, for its /health and /metrics. May be given several times.", HelpName = "url", DefaultValueFactory = _ => [] };
        var strict = new Option<bool>("--strict") { Description = "Warnings count as failures." };
        var claimAfter = Parsers.Duration("--claim-after", TimeSpan.FromSeconds(30), "What the processors were told; twice as silent is dead.");
        var retainBytes = Parsers.Size("--retain-bytes", 256L << 20, "What the processors were told; a stream twice as large is too large.");
        foreach (var option in new Option[] { output, api, strict, claimAfter, retainBytes }) command.Options.Add(option);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var problems = new List<string>();
            var endpoint = redis.Endpoint(parsed, problems);
            var connection = redis.Options(parsed, problems);
            var roles = parsed.Get(api).Select(text => RoleAddress(text, problems)).OfType<Uri>().ToList();
            UsageException.ThrowIfAny(parsed, problems);

            var options = new DiagnosisOptions
            {
                Redis = endpoint,
                Connection = connection,
                Keys = new StreamKeys(redis.Stream(parsed)),
                Group = redis.Group(parsed),
                ClaimAfter = parsed.Get(claimAfter),
                Tend = new TendOptions { RetainBytesMax = parsed.Get(retainBytes) },
            };
            IReadOnlyList<Finding> findings = [.. await Diagnosis.RunAsync(options, cancellationToken), .. await RoleExamination.RunAsync(roles, cancellationToken)];
            var report = new FindingsReport(findings);
            if (parsed.Get(output) == OutputFormat.Json) report.WriteJson(Console.Out);
            else report.WriteText(Console.Out, ProgressBar.IsInteractive(Console.IsOutputRedirected, Environment.GetEnvironmentVariable));
            return report.Worst >= (parsed.Get(strict) ? FindingStatus.Warn : FindingStatus.Fail) ? ExitCodes.Unhealthy : ExitCodes.Ok;
        });
        return command;
    }

    private static Uri? RoleAddress(string text, List<string> problems)
    {
        if (Uri.TryCreate(text.TrimEnd('/') + "/", UriKind.Absolute, out var address) && address.Scheme is "http" or "https") return address;
        problems.Add($"--api must be an address like http://localhost:8080, was '{text}'.");
        return null;
    }
}
