using System.Reflection;

namespace Streamgauge.Telemetry;

/// <summary>What is running: "1.2.3+commit" is what the SDK writes when SourceLink knows the commit.</summary>
internal static class BuildVersion
{
    private static readonly string[] Parts =
        ((Assembly.GetEntryAssembly() ?? typeof(BuildVersion).Assembly).GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown").Split('+', 2);

    public static string Version => Parts[0];

    public static string Revision => Parts.Length > 1 ? Parts[1] : "unknown";
}
