namespace Streamgauge.TestKit;

/// <summary>A thousand events of a real shop (REES46, October 2019), which are not part of the repository.</summary>
public static class SampleFile
{
    public const string Name = "rees46-2019-10-sample.csv";

    /// <summary>Why a test that needs it cannot run, and what to do.</summary>
    public const string Missing = $"No {Name}: put it into ../shared/data beside the repository, or name its folder in STREAMGAUGE_SAMPLE_DIR.";

    /// <summary>Its path, or null where there is none.</summary>
    public static string? Find()
    {
        string?[] folders = [Environment.GetEnvironmentVariable("STREAMGAUGE_SAMPLE_DIR"), Path.Combine(RepositoryRoot.Find(), "..", "shared", "data")];
        return folders.OfType<string>().Select(folder => Path.Combine(folder, Name)).FirstOrDefault(File.Exists);
    }
}
