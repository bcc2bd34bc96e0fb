using System.Diagnostics;

namespace Streamgauge.Processing.Tests.Conditions;

/// <summary>A file system of a few megabytes in memory, so that a disk can be full.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly string _filler;

    public SmallDisk(int megabytes)
    {
        Folder = Directory.CreateTempSubdirectory("sg-").FullName;
        _filler = Path.Combine(Folder, "filler");
        if (Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", Folder) != 0) throw new InvalidOperationException($"Cannot mount on {Folder}.");
    }

    public string Folder { get; }

    public void Fill()
    {
        using var file = File.Create(_filler);
        try
        {
            var block = new byte[4096];
            while (true)
            {
                file.Write(block);
                file.Flush(flushToDisk: true);
            }
        }
        catch (IOException)
        {
            // full
        }
    }

    public void Free() => File.Delete(_filler);

    public void Dispose()
    {
        Run("umount", "--lazy", Folder);
        Directory.Delete(Folder);
    }

    /// <summary>Whether this process may mount.</summary>
    public static bool IsPermitted()
    {
        try
        {
            using var disk = new SmallDisk(1);
            return true;
        }
        catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static int Run(params string[] command)
    {
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { UseShellExecute = false, RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode;
    }
}

/// <summary>A test that needs a disk that is full; skipped where nothing may be mounted.</summary>
internal sealed class FullDiskFactAttribute : FactAttribute
{
    public FullDiskFactAttribute()
    {
        if (!SmallDisk.IsPermitted()) Skip = "No disk to fill: this process may not mount a tmpfs. Run as root, or in a container with CAP_SYS_ADMIN.";
    }
}
