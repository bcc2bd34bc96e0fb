namespace Streamgauge.Views;

/// <summary>The bounds of what can be declared.</summary>
public static class ViewLimits
{
    /// <summary>Declared views of a stream.</summary>
    public const int ViewsMax = 64;

    /// <summary>Group-by fields of a view.</summary>
    public const int GroupByMax = 3;

    /// <summary>Measures of a view.</summary>
    public const int MeasuresMax = 16;

    /// <summary>Tiers of a view, all time among them.</summary>
    public const int TiersMax = 6;

    /// <summary>Cardinality budget of a bucket, unless declared.</summary>
    public const int GroupsDefault = 1_000;

    /// <summary>Sessions a view of sessions keeps, unless declared.</summary>
    public const int SessionsDefault = 100_000;

    /// <summary>Largest cardinality budget of a bucket, or of a view of sessions.</summary>
    public const int GroupsMax = 1_000_000;

    /// <summary>Buckets a tier keeps at most: its retention over its length.</summary>
    public const int BucketsMax = 20_000;

    /// <summary>Characters of a view's name.</summary>
    public const int NameCharsMax = 48;

    /// <summary>Characters of a filter.</summary>
    public const int FilterCharsMax = 2_000;
}
