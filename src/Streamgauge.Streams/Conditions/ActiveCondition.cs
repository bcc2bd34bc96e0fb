namespace Streamgauge.Streams;

/// <summary>A condition that holds.</summary>
/// <param name="Since">When it was met, by our clock.</param>
public sealed record ActiveCondition(Condition Condition, DateTimeOffset Since)
{
    /// <summary>For <c>/health</c>: what, since when, what to do.</summary>
    public override string ToString() => $"{Condition.Meaning}, since {Since.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'} ({Condition.Name}). {Condition.Remedy}";
}
