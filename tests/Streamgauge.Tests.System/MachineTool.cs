using System.Diagnostics;

namespace Streamgauge.Tests.System;

/// <summary>A program of the machine that knows nothing of this product.</summary>
internal static class MachineTool
{
    /// <summary>Runs it to its end, within <paramref name="timeout"/>.</summary>
    /// <param name="input">What it reads from its stdin.</param>
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(string program, string[] arguments, ReadOnlyMemory<byte> input, TimeSpan timeout)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var deadline = new CancellationTokenSource(timeout);
        using var process = Process.Start(start)!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
            var errors = process.StandardError.ReadToEndAsync(deadline.Token);
            await process.StandardInput.BaseStream.WriteAsync(input, deadline.Token);
            process.StandardInput.Close();
            await process.WaitForExitAsync(deadline.Token);
            return (process.ExitCode, await output, await errors);
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
    }
}
