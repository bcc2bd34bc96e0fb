using System.Globalization;

namespace Streamgauge.Streams;

/// <summary>Ages and sizes as findings say them.</summary>
internal static class Measures
{
    public static string Age(TimeSpan age) => age switch
    {
        { TotalDays: >= 2 } => $"{Math.Floor(age.TotalDays).ToString("N0", CultureInfo.InvariantCulture)} days",
        { TotalHours: >= 2 } => $"{Math.Floor(age.TotalHours)} h",
        { TotalMinutes: >= 2 } => $"{Math.Floor(age.TotalMinutes)} min",
        _ => $"{age.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture)} s",
    };

    public static string Megabytes(long bytes) => (bytes / 1048576.0).ToString("#,##0.0", CultureInfo.InvariantCulture) + " MiB";

    /// <summary>A size as Redis's settings take it, rounded up to whole mebibytes.</summary>
    public static string Setting(long bytes) => $"{Math.Max(1, (bytes + 1048575) / 1048576)}mb";

    public static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
