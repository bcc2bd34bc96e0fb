namespace Streamgauge.Producing;

/// <summary>What the generator makes, how fast and for how long.</summary>
public sealed class GeneratorOptions
{
    /// <summary>Highest accepted <see cref="Rate"/>, far above what one process can send.</summary>
    public const double RateMax = 100_000_000;

    /// <summary>Most concurrent sessions: 16 bytes of state each.</summary>
    public const int SessionsMax = 10_000_000;

    /// <summary>Most distinct products.</summary>
    public const int ProductsMax = 100_000;

    /// <summary>Events per second.</summary>
    /// <value>Default 5,000. 0 means as fast as the sink takes them; otherwise at most <see cref="RateMax"/>.</value>
    public double Rate { get; set; } = 5000;

    /// <summary>How many events to make; null means no limit.</summary>
    public long? Count { get; set; }

    /// <summary>How long to go on, on the schedule; null means no limit. With <see cref="Count"/>, whichever ends first.</summary>
    public TimeSpan? Duration { get; set; }

    /// <summary>Sessions under way at any moment.</summary>
    /// <value>Default 1,000; 1 to <see cref="SessionsMax"/>.</value>
    public int Sessions { get; set; } = 1000;

    /// <summary>
    /// Draws session ids evenly from a fixed set of <see cref="Sessions"/> instead of letting sessions start, browse and end:
    /// the benchmark workload. 1,000 is the reference workload, 200,000 the hard one (nearly every event meets another session).
    /// </summary>
    public bool UniformSessions { get; set; }

    /// <summary>Distinct products; the first twenty have names and prices from real life.</summary>
    /// <value>Default 20; 1 to <see cref="ProductsMax"/>.</value>
    public int Products { get; set; } = 20;

    /// <summary>The same seed and the same start time give the same bytes, on every machine and .NET version.</summary>
    public ulong Seed { get; set; } = 1;

    /// <summary>Every mistake at once, each naming its option; empty when there is none.</summary>
    public IReadOnlyList<string> Validate()
    {
        var problems = new List<string>();
        if (!(Rate >= 0 && Rate <= RateMax)) problems.Add($"{nameof(Rate)} must be 0 (full speed) to {RateMax:0} events per second, was {Rate}.");
        if (Count is < 0) problems.Add($"{nameof(Count)} must not be negative, was {Count}.");
        if (Duration is { } duration && duration <= TimeSpan.Zero) problems.Add($"{nameof(Duration)} must be positive, was {duration}.");
        if (Sessions is < 1 or > SessionsMax) problems.Add($"{nameof(Sessions)} must be 1 to {SessionsMax}, was {Sessions}.");
        if (Products is < 1 or > ProductsMax) problems.Add($"{nameof(Products)} must be 1 to {ProductsMax}, was {Products}.");
        return problems;
    }
}
