using System.IO.Compression;
using System.Security.Cryptography;

namespace Streamgauge.Serving;

/// <summary>One file of the dashboard, plain and compressed.</summary>
internal sealed class DashboardFile
{
    private static readonly Dictionary<string, string> Types = new(StringComparer.Ordinal)
    {
        [".html"] = "text/html; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".svg"] = "image/svg+xml",
        [".png"] = "image/png",
        [".woff2"] = "font/woff2",
        [".webmanifest"] = "application/manifest+json",
    };

    /// <param name="path">As it is asked for, without the slash in front.</param>
    public DashboardFile(string path, byte[] content)
    {
        Content = content;
        ContentType = Types.GetValueOrDefault(Path.GetExtension(path), "application/octet-stream");
        IsImmutable = path.StartsWith("assets/", StringComparison.Ordinal); // these have a hash of their content in their name
        ETag = $"W/\"{Convert.ToHexStringLower(SHA256.HashData(content))[..16]}\""; // weak: one tag for both forms
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.SmallestSize, leaveOpen: true)) gzip.Write(content);
        if (compressed.Length < content.Length) Compressed = compressed.ToArray();
    }

    public byte[] Content { get; }

    /// <summary>The same in gzip; null when that would be no smaller.</summary>
    public byte[]? Compressed { get; }

    public string ContentType { get; }

    public string ETag { get; }

    /// <summary>Whether its name changes with its content.</summary>
    public bool IsImmutable { get; }
}
