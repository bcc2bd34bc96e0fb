using Streamgauge.Resp;

namespace Streamgauge.Drills;

/// <summary>How to drill.</summary>
public sealed record DrillOptions
{
    /// <summary>The command that starts this executable, for processors: <c>dotnet streamgauge.dll</c>.</summary>
    public required IReadOnlyList<string> Program { get; init; }

    /// <summary>Decides what breaks when. The same seed repeats the same schedule; what each fault hits still differs with the moment.</summary>
    public required int Seed { get; init; }

    /// <summary>How long a mixed drill injects faults; recovery comes on top.</summary>
    /// <value>Default 60 s.</value>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Kinds of faults of a mixed drill, as <see cref="MixedDrill.KindNames"/> lists them.</summary>
    /// <value>Default empty: all that the server allows.</value>
    public IReadOnlyList<string> Faults { get; init; } = [];

    /// <summary>Events per second.</summary>
    /// <value>Default 1,000.</value>
    public double Rate { get; init; } = 1_000;

    /// <summary>The user's Redis, on a stream of its own that is removed afterwards; null for a private one.</summary>
    public RedisEndpoint? Redis { get; init; }

    /// <summary>Connection options of <see cref="Redis"/>.</summary>
    public RedisOptions Connection { get; init; } = new();

    /// <summary>Told one line for each thing that happens.</summary>
    public Action<string> Progress { get; init; } = _ => { };

    internal Sabotage Sabotage { get; init; } = new();

    /// <summary>Every mistake, in words for whoever wrote them; empty when all is well.</summary>
    public IReadOnlyList<string> FindProblems()
    {
        var problems = new List<string>();
        if (Rate is not (>= 10 and <= 20_000)) problems.Add($"--rate must be 10 to 20,000, was {Rate}.");
        if (Duration < TimeSpan.FromSeconds(5)) problems.Add($"--duration must be at least 5s, was {Duration.TotalSeconds:0.###}s.");
        if (Duration.TotalSeconds * Rate > DrillLimits.EventsMax) problems.Add($"--duration and --rate make {Duration.TotalSeconds * Rate:N0} events; at most {DrillLimits.EventsMax:N0} can be followed one by one: lower --rate.");
        if (MixedDrill.FindProblem(this) is { } problem) problems.Add(problem);
        return problems;
    }
}
