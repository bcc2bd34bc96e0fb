using System.Diagnostics.Metrics;

namespace Streamgauge.Telemetry;

/// <summary>The process metrics every Prometheus dashboard expects, under their customary names.</summary>
internal static class ProcessMetrics
{
    private const string OpenFilesFolder = "/proc/self/fd";

    public static void AddTo(Meter meter)
    {
        meter.CreateObservableCounter("process.cpu", CpuSeconds, "s", "User and system CPU time spent.");
        meter.CreateObservableGauge("process.resident_memory", static () => Environment.WorkingSet, "By", "Resident memory.");

        var started = StartSeconds();
        meter.CreateObservableGauge("process.start_time", () => started, "s", "Start of the process since the Unix epoch.");

        // Elsewhere there is no cheap way to ask.
        if (Directory.Exists(OpenFilesFolder))
            meter.CreateObservableGauge("process.open_fds", OpenFiles, "{file}", "Open file descriptors.");

        var build = BuildInfo();
        meter.CreateObservableGauge("build_info", () => build, "{build}", "Always 1; the labels say what is running.");
    }

    private static double CpuSeconds() =>
        OperatingSystem.IsLinux() || OperatingSystem.IsWindows() || OperatingSystem.IsMacOS() ? Environment.CpuUsage.TotalTime.TotalSeconds : 0;

    private static double StartSeconds()
    {
        using var self = System.Diagnostics.Process.GetCurrentProcess();
        return new DateTimeOffset(self.StartTime.ToUniversalTime()).ToUnixTimeMilliseconds() / 1000.0;
    }

    private static long OpenFiles() => Directory.EnumerateFileSystemEntries(OpenFilesFolder).LongCount();

    private static Measurement<long> BuildInfo()
    {
        return new(
            1,
            new("version", BuildVersion.Version),
            new("revision", BuildVersion.Revision),
            new("runtime", Environment.Version.ToString()));
    }
}
