namespace Streamgauge.Cli;

/// <summary>Programs of the machine.</summary>
internal static class ProgramOnPath
{
    /// <summary>Its file; null when no folder of <c>PATH</c> has it.</summary>
    public static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
}
