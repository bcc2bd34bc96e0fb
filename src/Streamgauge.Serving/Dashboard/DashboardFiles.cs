using System.Collections.Frozen;
using System.Text;

namespace Streamgauge.Serving;

/// <summary>The dashboard as it was built from <c>web/</c> into this assembly.</summary>
internal static class DashboardFiles
{
    private const string Prefix = "dashboard/";

    private const string NotBuilt = """
        <!doctype html><html lang="en"><title>Streamgauge</title>
        <h1>The dashboard was not built</h1>
        <p>This program was compiled on a machine without npm. Install Node.js 20 or later with npm, then build again. The API works: <a href="aggregates">/aggregates</a>, <a href="health">/health</a>.</p>
        </html>
        """;

    private static readonly Lazy<FrozenDictionary<string, DashboardFile>> Files = new(Load);

    /// <summary>The page itself.</summary>
    public static DashboardFile Index => Files.Value["index.html"];

    /// <summary>A file by its path; null when there is none.</summary>
    public static DashboardFile? Find(string path) => Files.Value.GetValueOrDefault(path);

    private static FrozenDictionary<string, DashboardFile> Load()
    {
        var assembly = typeof(DashboardFiles).Assembly;
        var files = assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).ToDictionary(name => name[Prefix.Length..], Read, StringComparer.Ordinal);
        files.TryAdd("index.html", new DashboardFile("index.html", Encoding.UTF8.GetBytes(NotBuilt)));
        return files.ToFrozenDictionary(StringComparer.Ordinal);

        DashboardFile Read(string name)
        {
            using var resource = assembly.GetManifestResourceStream(name)!;
            var content = new byte[resource.Length];
            resource.ReadExactly(content);
            return new DashboardFile(name[Prefix.Length..], content);
        }
    }
}
