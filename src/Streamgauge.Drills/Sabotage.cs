namespace Streamgauge.Drills;

/// <summary>Protections taken away, for the tests that show a drill can fail. No option of the command line leads here.</summary>
internal sealed record Sabotage
{
    /// <summary>Starts Redis over a torn file as it is.</summary>
    public bool SkipsRepair { get; init; }

    /// <summary>Starts servers without <c>min-replicas-to-write</c>, or whatever else their scenario sets.</summary>
    public bool SkipsMinReplicas { get; init; }

    /// <summary>Lua source of a function library to load in place of ours; its revision must be higher, or processors load ours over it.</summary>
    public string? Library { get; init; }
}
