using System.Globalization;
using System.Text.RegularExpressions;

namespace Streamgauge.Streams;

/// <summary>What a bucket's name says: <c>sales.3:1m:1763805600000</c>.</summary>
internal readonly partial record struct BucketIdentity(string View, int Generation, string Tier, long StartMs)
{
    /// <summary>False for names that are of no declared view, as <c>aggregates</c>.</summary>
    public static bool TryParse(string name, out BucketIdentity identity)
    {
        identity = default;
        var match = Shape().Match(name);
        if (!match.Success || !int.TryParse(match.Groups["generation"].Value, CultureInfo.InvariantCulture, out var generation)) return false;
        var start = match.Groups["start"];
        identity = new BucketIdentity(match.Groups["view"].Value, generation, match.Groups["tier"].Value, start.Success ? long.Parse(start.Value, CultureInfo.InvariantCulture) : 0);
        return true;
    }

    [GeneratedRegex(@"^(?<view>[a-z0-9_]+)\.(?<generation>\d{1,10}):(?<tier>[a-z0-9]+)(:(?<start>\d{1,18}))?$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Shape();
}
