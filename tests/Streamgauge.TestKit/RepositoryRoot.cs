namespace Streamgauge.TestKit;

/// <summary>The folder that holds the solution, for tests that read documents.</summary>
public static class RepositoryRoot
{
    public static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Streamgauge.slnx"))) return folder.FullName;
        }

        throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} holds Streamgauge.slnx; run the tests from a checkout.");
    }
}
