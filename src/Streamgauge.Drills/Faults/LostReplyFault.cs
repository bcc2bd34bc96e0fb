namespace Streamgauge.Drills;

/// <summary>A commit or an append arrives and is carried out; its reply gets lost and the connection ends.</summary>
internal sealed class LostReplyFault : IFault
{
    public FaultKind Kind { get; } = new("lost-reply", PerFiveMinutes: 12, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(3));

    public async Task InjectAsync(DrillRig rig, TimedFault fault, CancellationToken cancellationToken)
    {
        var link = rig.Links[(int)(fault.Place * rig.Links.Count)];
        var trap = link.Arm(new Interception(InterceptionKind.LoseReply, link.Word));
        await Task.WhenAny(trap.Sprung, Task.Delay(fault.Length, cancellationToken)); // a client that is down sends nothing
        rig.Journal.Note(Kind.Name, trap.Sprung.IsCompleted ? $"of {link.Word}" : $"no {link.Word} came by");
    }
}
