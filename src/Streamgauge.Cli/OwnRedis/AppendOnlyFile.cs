using System.Diagnostics;

namespace Streamgauge.Cli;

/// <summary>Repairs the append-only file before Redis reads it.</summary>
/// <remarks>
/// A crash can cut the file inside a MULTI … EXEC block. Redis 7.0 then drops only the torn command and leaves the MULTI dangling,
/// so that after the next restart the block's remains are applied twice, or later writes are thrown away. Cutting the file back to
/// its last whole block first, as redis-check-aof does, is the only remedy that held under test.
/// </remarks>
internal static class AppendOnlyFile
{
    public static async Task RepairAsync(string dataFolder, CancellationToken cancellationToken)
    {
        var manifest = Path.Combine(dataFolder, "appendonlydir", "appendonly.aof.manifest");
        if (!File.Exists(manifest)) return;
        var start = new ProcessStartInfo("redis-check-aof", ["--fix", manifest])
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
                await process.StandardInput.WriteLineAsync("y".AsMemory(), cancellationToken); // it asks before it cuts
                process.StandardInput.Close();
            }
            catch (IOException)
            {
                // It had nothing to ask and is done; its exit code decides.
            }

            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var errors = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            if (process.ExitCode != 0)
            {
                var said = (await output + await errors).Trim().Split('\n')[^1];
                throw new OwnRedisException($"redis-check-aof cannot repair {manifest} ({said}): restore the folder from a backup, or start on an empty one with --data DIR.");
            }
        }
    }
}
