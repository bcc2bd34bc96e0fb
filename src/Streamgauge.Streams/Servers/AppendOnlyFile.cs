using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Streamgauge.Streams;

/// <summary>Repairs the append-only file before Redis reads it.</summary>
/// <remarks>
/// A crash can cut the file inside a MULTI … EXEC block. Redis 7.0 then drops only the torn command and leaves the MULTI dangling,
/// so that after the next restart the block's remains are applied twice, or later writes are thrown away. Cutting the file back to
/// its last whole block first, as redis-check-aof does, is the only remedy that held under test. Damage in the middle is another
/// thing: redis-check-aof would cut away all that follows it, so that is left to a person.
/// </remarks>
public static partial class AppendOnlyFile
{
    /// <summary>Cuts a torn file back to its last whole block. Does nothing when there is no file yet.</summary>
    /// <param name="dataFolder">Redis's <c>dir</c>. No server may have it open.</param>
    /// <exception cref="OwnRedisException">redis-check-aof is missing or cannot repair the file, or the file is damaged in the middle.</exception>
    public static async Task RepairAsync(string dataFolder, CancellationToken cancellationToken)
    {
        var folder = Path.Combine(dataFolder, "appendonlydir");
        var manifest = Path.Combine(folder, "appendonly.aof.manifest");
        if (!File.Exists(manifest)) return;
        var found = await CheckAsync([manifest], cancellationToken);
        if (found.ExitCode == 0) return;
        if (Analysis().Matches(found.Output).LastOrDefault() is { } last)
        {
            var (file, end) = (Path.Combine(folder, last.Groups["file"].Value), long.Parse(last.Groups["end"].Value, CultureInfo.InvariantCulture));
            if (HoldsWholeBlock(file, end))
                throw new OwnRedisException($"{file} is damaged at byte {end:N0}, and {new FileInfo(file).Length - end:N0} bytes of sound data after it would be lost by a repair: restore the folder from a backup, or accept the loss with `redis-check-aof --fix {manifest}`.");
        }

        var repaired = await CheckAsync(["--fix", manifest], cancellationToken);
        if (repaired.ExitCode != 0)
            throw new OwnRedisException($"redis-check-aof cannot repair {manifest} ({repaired.Output.Trim().Split('\n')[^1]}): restore the folder from a backup, or start on an empty one with --data DIR.");
    }

    /// <summary>Whether a block ends after this byte, which it does not in a file that is torn at its end.</summary>
    private static bool HoldsWholeBlock(string path, long from)
    {
        ReadOnlySpan<byte> exec = "*1\r\n$4\r\nEXEC\r\n"u8;
        using var file = File.OpenRead(path);
        file.Position = from;
        var buffer = new byte[1 << 20];
        var kept = 0;
        while (file.Read(buffer, kept, buffer.Length - kept) is var count and > 0)
        {
            var read = buffer.AsSpan(0, kept + count);
            if (read.IndexOf(exec) >= 0) return true;
            kept = Math.Min(exec.Length - 1, read.Length); // it may begin in this piece and end in the next
            read[^kept..].CopyTo(buffer);
        }

        return false;
    }

    private static async Task<(int ExitCode, string Output)> CheckAsync(string[] arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("redis-check-aof", arguments)
        {
            RedirectStandardInput = true,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw new OwnRedisException("redis-check-aof was not found on PATH, and without it a torn append-only file would be counted twice: install the package that holds it (Debian/Ubuntu: apt-get install redis-tools).");
        }

        using (process)
        {
            try
            {
                await process.StandardInput.WriteLineAsync("y".AsMemory(), cancellationToken); // with --fix it asks before it cuts
                process.StandardInput.Close();
            }
            catch (IOException)
            {
                // It had nothing to ask and is done; its exit code decides.
            }

            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var errors = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return (process.ExitCode, await output + await errors);
        }
    }

    // AOF analyzed: filename=appendonly.aof.1.incr.aof, size=433, ok_up_to=355, ok_up_to_line=95, diff=78
    [GeneratedRegex(@"AOF analyzed: filename=(?<file>[^,]+), size=\d+, ok_up_to=(?<end>\d+), ok_up_to_line=\d+, diff=[1-9]\d*", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Analysis();
}
