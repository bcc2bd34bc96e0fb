namespace Streamgauge.Drills;

/// <summary>A connection ends in the middle of a commit or an append.</summary>
internal sealed class CutFault : IFault
{
    private const int BytesMax = 400;

    public FaultKind Kind { get; } = new("cut", PerFiveMinutes: 12, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(3));

    public async Task InjectAsync(DrillRig rig, TimedFault fault, CancellationToken cancellationToken)
    {
        // One number chooses both: the whole part the client, what is left the byte.
        var place = fault.Place * rig.Links.Count;
        var link = rig.Links[(int)place];
        var bytes = (int)((place - (int)place) * BytesMax);
        var trap = link.Arm(new Interception(InterceptionKind.CutRequest, link.Word, bytes));
        await Task.WhenAny(trap.Sprung, Task.Delay(fault.Length, cancellationToken));
        rig.Journal.Note(Kind.Name, trap.Sprung.IsCompleted ? $"{link.Word} after {bytes} bytes" : $"no {link.Word} came by");
    }
}
