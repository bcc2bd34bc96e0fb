namespace Streamgauge.Drills;

internal sealed class F23Trimmed : Scenario
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    public override string Id => "F23";

    public override string Title => "somebody trims the stream ahead of counting: entries pending, and entries nobody has read";

    public override string Promise => "every one of them is reported: pending ones as lost, unread ones by verify; nothing else is missing";

    // Each entry one event, so that it is known which events are in those that are taken out.
    internal override RigSetup Setup => new() { PlainShare = 1 };

    internal override async Task RunAsync(DrillRig rig, CancellationToken cancellationToken)
    {
        // One processor holds entries and dies with them, the others are stopped: what comes now is read by nobody.
        var victim = rig.Fleet.Choose(rig.Random.NextDouble());
        await victim.Link.Arm(new Interception(InterceptionKind.HoldRequest, victim.Link.Word)).Sprung.WaitAsync(Bound, cancellationToken);
        foreach (var processor in rig.Fleet.Running) processor.Child.Pause();
        await Task.Delay(rig.Random.Next(200, 400), cancellationToken);
        await rig.Fleet.KillAsync(victim);

        var connection = await rig.Probe.ConnectAsync(cancellationToken);
        var consumer = (await rig.Probe.TryReadStatusAsync(cancellationToken))!.Consumers.First(consumer => consumer.Name.StartsWith(victim.Consumer + "-", StringComparison.Ordinal)).Name;
        var pending = (await connection.ExecuteAsync(["XPENDING", rig.Keys.Stream, DrillRig.Group, "-", "+", "1000", consumer], cancellationToken)).Items.Select(entry => entry[0].AsText()).ToList();
        var delivered = (await connection.ExecuteAsync(["XINFO", "GROUPS", rig.Keys.Stream], cancellationToken))[0].Get("last-delivered-id")!.AsText();
        var unread = (await connection.ExecuteAsync(["XRANGE", rig.Keys.Stream, "(" + delivered, "+", "COUNT", "20"], cancellationToken)).Items.Select(entry => entry[0].AsText()).ToList();
        if (pending.Count == 0 || unread.Count == 0) throw new DrillException($"{pending.Count} entries are pending and {unread.Count} unread: nothing to trim.");
        foreach (var id in pending.Concat(unread))
        {
            var fields = (await connection.ExecuteAsync(["XRANGE", rig.Keys.Stream, id, id], cancellationToken))[0][1];
            if (DrillEvent.TryParseId(fields.Get("event_id")!.AsText(), out var number)) rig.Allowances.EventsTakenOut.Add((int)number);
            await connection.ExecuteAsync(["XDEL", rig.Keys.Stream, id], cancellationToken);
        }

        rig.Allowances.Books["lost"] = pending.Count;
        rig.Allowances.Unaccounted = unread.Count;
        rig.Journal.Note("trim", $"{pending.Count} entries that were pending, {unread.Count} that nobody had read");
        foreach (var processor in rig.Fleet.Running) processor.Child.Resume();
        await rig.RecoverAsync("trim", cancellationToken);
    }
}
