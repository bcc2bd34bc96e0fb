namespace Streamgauge.Drills;

/// <summary>Every piece that passes between Redis and one of its clients takes its time.</summary>
internal sealed class SlowFault : IFault
{
    private static readonly LinkSpeed Speed = new(TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(60));

    public FaultKind Kind { get; } = new("slow", PerFiveMinutes: 4, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(6));

    public async Task InjectAsync(DrillRig rig, TimedFault fault, CancellationToken cancellationToken)
    {
        var link = rig.Links[(int)(fault.Place * rig.Links.Count)];
        link.Speed = Speed;
        rig.Journal.Note(Kind.Name, $"one client for {fault.Length.TotalSeconds:0.0} s");
        await Task.Delay(fault.Length, cancellationToken);
        link.Speed = LinkSpeed.Full;
    }
}
