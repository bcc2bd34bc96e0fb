namespace Streamgauge.Drills;

/// <summary>No byte passes between Redis and one of its clients, or all of them; connections stay open and nobody is told.</summary>
internal sealed class PartitionFault : IFault
{
    public FaultKind Kind { get; } = new("partition", PerFiveMinutes: 6, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(4));

    public async Task InjectAsync(DrillRig rig, TimedFault fault, CancellationToken cancellationToken)
    {
        var links = rig.Links;
        var place = (int)(fault.Place * (links.Count + 1));
        IReadOnlyList<Link> cutOff = place < links.Count ? [links[place]] : links;
        foreach (var link in cutOff) link.Stall();
        rig.Journal.Note(Kind.Name, $"{(cutOff.Count == 1 ? "one client" : "all clients")} for {fault.Length.TotalSeconds:0.0} s");
        await Task.Delay(fault.Length, cancellationToken);
        foreach (var link in cutOff) link.Heal();
    }
}
