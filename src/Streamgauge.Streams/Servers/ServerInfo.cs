namespace Streamgauge.Streams;

/// <summary>Redis's answer to <c>INFO</c>, by name.</summary>
internal static class ServerInfo
{
    public static Dictionary<string, string> Parse(string info)
    {
        var result = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in info.Split('\n'))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0) result[line[..colon]] = line[(colon + 1)..].TrimEnd('\r');
        }

        return result;
    }

    /// <summary>0.0 when the server does not say.</summary>
    public static Version VersionOf(Dictionary<string, string> info) => Version.TryParse(info.GetValueOrDefault("redis_version"), out var parsed) ? parsed : new Version(0, 0);
}
