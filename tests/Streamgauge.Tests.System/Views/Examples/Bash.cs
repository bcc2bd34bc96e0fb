using System.Diagnostics;

namespace Streamgauge.Tests.System;

/// <summary>The awk, sort and uniq of the machine: they know nothing of this product.</summary>
internal static class Bash
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    /// <returns>What the script printed; one that fails, fails the test.</returns>
    public static async Task<string> RunAsync(string script, params string[] arguments)
    {
        var start = new ProcessStartInfo("bash", ["-c", $"set -euo pipefail; export LC_ALL=C\n{script}", "bash", .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var deadline = new CancellationTokenSource(Timeout);
        using var process = Process.Start(start)!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
            var errors = process.StandardError.ReadToEndAsync(deadline.Token);
            await process.WaitForExitAsync(deadline.Token);
            Assert.True(process.ExitCode == 0, $"{script}\n{await errors}");
            return await output;
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
    }
}
