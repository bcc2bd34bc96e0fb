namespace Streamgauge.Tests.System;

/// <summary>The awk, sort and uniq of the machine: they know nothing of this product.</summary>
internal static class Bash
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    /// <returns>What the script printed; one that fails, fails the test.</returns>
    public static async Task<string> RunAsync(string script, params string[] arguments)
    {
        var (exitCode, output, errors) = await MachineTool.RunAsync("bash", ["-c", $"set -euo pipefail; export LC_ALL=C\n{script}", "bash", .. arguments], input: default, Timeout);
        Assert.True(exitCode == 0, $"{script}\n{errors}");
        return output;
    }
}
