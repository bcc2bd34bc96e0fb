namespace Streamgauge.Streams;

/// <summary>Which versions of Redis carry the fixes that concern us: those of Lua, since we run functions, and of streams.</summary>
/// <remarks>
/// CVE-2025-49844, -46817, -46818, -46819 (Lua, remote code execution) are fixed in 7.2.11, 7.4.6, 8.0.4 and 8.2.2; CVE-2025-62507 (streams) in 8.2.3.
/// 7.0 gets fixes from distributions alone, and INFO shows no package's version. Source: Redis's release notes of each line.
/// </remarks>
internal static class VersionFloors
{
    private const string LuaRisk = "Lua flaws (CVE-2025-49844, CVE-2025-46817, CVE-2025-46818, CVE-2025-46819) let a client that may run scripts run code on the server";
    private const string DebianFixed = "5:7.0.15-1~deb12u10";

    private static readonly (Version Line, Version Floor, string Risk)[] Floors =
    [
        (new(7, 0), new(7, 0, 15), "7.0 has had security fixes up to 7.0.15"),
        (new(7, 2), new(7, 2, 11), LuaRisk),
        (new(7, 4), new(7, 4, 6), LuaRisk),
        (new(8, 0), new(8, 0, 4), LuaRisk),
        (new(8, 2), new(8, 2, 3), LuaRisk + "; CVE-2025-62507 lets a stream command crash it"),
    ];

    public static Finding Judge(string text, string serverName)
    {
        if (!Version.TryParse(text, out var version)) return Finding.Unknown($"version '{text}'", "This server does not say which Redis it is, so its fixes cannot be judged.");
        if (version < ServerRequirements.OldestVersion)
            return Finding.Fail($"Redis {version}", $"Streamgauge needs Redis {ServerRequirements.OldestVersion} or later: it counts in Redis Functions.", "apt-get install redis-server");
        if (serverName.Length > 0 && serverName != "redis")
            return Finding.Unknown($"{serverName}, compatible with Redis {version}", "Its fixes follow its own release notes, which this check does not know.");
        var line = new Version(version.Major, version.Minor);
        var (_, floor, risk) = Array.Find(Floors, known => known.Line == line);
        if (floor is not null && version < floor)
            return Finding.Warn($"Redis {version}, below {floor}", $"{risk}. Upgrade to {floor} or later.", "apt-get install --only-upgrade redis-server");
        if (line == Floors[0].Line)
            return Finding.Ok($"Redis {version}, whose later fixes come from the distribution and do not show: `dpkg -s redis-server` should say {DebianFixed} or later");
        return Finding.Ok(floor is null ? $"Redis {version}, newer than the fixes this check knows" : $"Redis {version}, with the fixes of {floor}");
    }
}
