using System.CommandLine.Parsing;
using System.Text.Json;
using Streamgauge.TestKit;

namespace Streamgauge.Cli.Tests;

public class DoctorCommandTests
{
    [Fact]
    public async Task What_up_starts_is_sound_in_every_respect()
    {
        var folder = Directory.CreateTempSubdirectory("sg-").FullName;
        await using var up = StreamgaugeProcess.Start("up", "--data", folder, "--port", "0", "--rate", "500");
        await up.WaitForTextAsync("Streamgauge is up.");
        var address = up.Output[(up.Output.IndexOf("health", StringComparison.Ordinal) + 6)..].TrimStart().Split('\n')[0].Replace("/health", "", StringComparison.Ordinal).Trim();
        string[] arguments = ["doctor", "--strict", "--redis", $"unix://{folder}/redis.sock", "--api", address];
        await Eventually.Async(async () => (await StreamgaugeProcess.RunAsync("status", "--redis", $"unix://{folder}/redis.sock")).Output.Contains("products", StringComparison.Ordinal), "it counts");
        var result = await StreamgaugeProcess.RunAsync(arguments);
        Assert.True(result.ExitCode == 0, result.Output + result.Errors);
        Assert.EndsWith($" ok, 0 warn, 0 fail, 0 unknown{Environment.NewLine}", result.Output, StringComparison.Ordinal);
        foreach (var check in RoleExamination.Checks) Assert.Contains($"\n  ok       {check[5..]} ", result.Output, StringComparison.Ordinal);

        up.Interrupt();
        await up.WaitForExitAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Entries_of_a_dead_processor_fail_and_the_printed_verb_has_them_counted()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var connection = await redis.ConnectAsync();
        await StreamgaugeProcess.RunAsync("status", "--redis", redis.Endpoint.ToString()); // loads the library
        await connection.ExecuteAsync(["XADD", "events", "*", "event_type", "view"]);
        await connection.ExecuteAsync(["XGROUP", "CREATE", "events", "event_group", "0"]);
        var entry = (await connection.ExecuteAsync(["XREADGROUP", "GROUP", "event_group", "dead", "STREAMS", "events", ">"]))[0][1][0][0].AsText();
        await connection.ExecuteAsync(["XCLAIM", "events", "event_group", "dead", "0", entry, "IDLE", "60000"]); // as if it had died a minute ago
        await Eventually.Async(async () => (await FindAsync(redis, "group.consumers")).GetProperty("status").GetString() == "fail", "the dead consumer is found");

        var repair = (await FindAsync(redis, "group.consumers")).GetProperty("repair").GetString()!;
        Assert.StartsWith("./streamgauge process --redis ", repair, StringComparison.Ordinal);
        await using (var processor = StreamgaugeProcess.Start(CommandLineParser.SplitCommandLine(repair).Skip(1)))
        {
            await Eventually.Async(async () => (await FindAsync(redis, "group.consumers")).GetProperty("status").GetString() == "ok", "its entries are taken over and counted");
            processor.Interrupt();
            await processor.WaitForExitAsync();
        }

        Assert.Equal("1", (await connection.ExecuteAsync(["HGET", "{events}:aggregates", "total_count"])).AsText());
    }

    [Fact]
    public async Task A_missing_library_is_loaded_by_the_printed_verb()
    {
        await using var redis = await RedisServer.StartAsync();
        var finding = await FindAsync(redis, "library.revision");
        Assert.Equal("fail", finding.GetProperty("status").GetString());
        await StreamgaugeProcess.RunAsync(CommandLineParser.SplitCommandLine(finding.GetProperty("repair").GetString()!).Skip(1));
        Assert.Equal("ok", (await FindAsync(redis, "library.revision")).GetProperty("status").GetString());
    }

    [Fact]
    public async Task Warnings_fail_only_when_strict_and_roles_that_do_not_answer_always()
    {
        await using var redis = await RedisServer.StartAsync(new RedisServerOptions { AppendOnly = true });
        await StreamgaugeProcess.RunAsync("status", "--redis", redis.Endpoint.ToString());
        Assert.Equal(0, (await DoctorAsync(redis)).ExitCode);
        Assert.Equal(3, (await DoctorAsync(redis, "--strict")).ExitCode);
        var result = await DoctorAsync(redis, "--api", "http://127.0.0.1:1", "--output", "json");
        Assert.Equal((3, ""), (result.ExitCode, result.Errors));
        Assert.False(JsonDocument.Parse(result.Output).RootElement.GetProperty("healthy").GetBoolean());
    }

    [Fact]
    public async Task A_Redis_that_is_not_there_is_a_finding_with_exit_code_3()
    {
        await using var nobody = RedisServer.NotStarted();
        var result = await DoctorAsync(nobody);
        Assert.Equal((3, ""), (result.ExitCode, result.Errors));
        Assert.Contains("fail     reachable  no answer", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mistakes_are_reported_together()
    {
        var result = await StreamgaugeProcess.RunAsync("doctor", "--api", "localhost:8080", "--stream", "a b");
        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        foreach (var problem in new[] { "--api must be an address like http://localhost:8080, was 'localhost:8080'.", "'a b' cannot name a stream" }) Assert.Contains(problem, result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_check_of_roles_is_a_row_of_the_document()
    {
        var document = File.ReadAllText(Path.Combine(RepositoryRoot.Find(), "docs/doctor.md"));
        foreach (var check in RoleExamination.Checks) Assert.Contains($"| `{check}` | ", document, StringComparison.Ordinal);
    }

    private static Task<ProcessResult> DoctorAsync(RedisServer redis, params string[] more) => StreamgaugeProcess.RunAsync(["doctor", "--redis", redis.Endpoint.ToString(), "--claim-after", "100ms", .. more]);

    private static async Task<JsonElement> FindAsync(RedisServer redis, string check)
    {
        var result = await DoctorAsync(redis, "--output", "json");
        return JsonDocument.Parse(result.Output).RootElement.GetProperty("findings").EnumerateArray().Single(finding => finding.GetProperty("check").GetString() == check);
    }
}
