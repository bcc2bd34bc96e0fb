using System.Globalization;

namespace Streamgauge.Serving;

/// <summary>Where a bucket name points: view, tier and start. The counterpart of <see cref="ServedView.BucketName"/>.</summary>
internal readonly record struct BucketPlace(ServedView View, int Tier, long StartMs)
{
    /// <summary>Finds the place of <c>sales.1:1m:1763805600000</c> or <c>sales.1:all</c>; false for views and generations that are not served.</summary>
    public static bool TryFind(string bucketName, Dictionary<string, ServedView>.AlternateLookup<ReadOnlySpan<char>> views, out BucketPlace place)
    {
        place = default;
        var name = bucketName.AsSpan();
        var colon = name.IndexOf(':');
        if (colon < 0 || !views.TryGetValue(name[..colon], out var view)) return false;
        var rest = name[(colon + 1)..];
        var second = rest.IndexOf(':');
        var tierName = second < 0 ? rest : rest[..second];
        var startMs = 0L;
        if (second >= 0 && !long.TryParse(rest[(second + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out startMs)) return false;
        for (var tier = 0; tier < view.Definition.Tiers.Count; tier++)
        {
            if (!tierName.SequenceEqual(view.Definition.Tiers[tier].Name)) continue;
            place = new BucketPlace(view, tier, startMs);
            return true;
        }

        return false;
    }
}
