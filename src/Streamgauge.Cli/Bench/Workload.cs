using Streamgauge.Producing;
using Streamgauge.Views;

namespace Streamgauge.Cli;

/// <summary>One throughput run: what is produced, and in which form it travels.</summary>
internal sealed record Workload(string Name, string Description, bool Plain, int Sessions, double Share)
{
    /// <summary>The runs of <c>bench</c>. Shares keep the runs of slower forms about as long as those of faster ones.</summary>
    public static IReadOnlyList<Workload> All { get; } =
    [
        new("framed", "frames of 500, 1,000 sessions: the reference workload", Plain: false, Sessions: 1_000, Share: 1),
        new("framed_hard", "frames of 500, 200,000 sessions: the hard workload", Plain: false, Sessions: 200_000, Share: 0.4),
        new("plain", "one entry per event, 1,000 sessions", Plain: true, Sessions: 1_000, Share: 0.1),
    ];

    /// <summary>Declared views counted beside the built-in ones.</summary>
    public IReadOnlyList<ViewDefinition> Views { get; init; } = [];

    /// <summary>The reference workload with one more view.</summary>
    public static Workload With(ViewDefinition view) => All[0] with
    {
        Name = $"framed+{view.Name}",
        Description = "the reference workload with this view",
        Share = 0.2,
        Views = [view],
    };

    public GeneratorOptions Generator(long events, ulong seed) =>
        new() { Rate = 0, Count = (long)(events * Share), Sessions = Sessions, UniformSessions = true, Seed = seed };
}
