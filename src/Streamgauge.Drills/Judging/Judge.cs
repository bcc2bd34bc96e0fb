using Streamgauge.Streams;

namespace Streamgauge.Drills;

/// <summary>Asks each invariant whether it held, after everything was healed and drained.</summary>
internal static class Judge
{
    public static async Task<(Tally Tally, IReadOnlyList<InvariantResult> Invariants)> JudgeAsync(DrillRig rig, bool isDrained, CancellationToken cancellationToken)
    {
        await using var connection = await Resp.RespConnection.ConnectAsync(rig.Server.Endpoint, rig.Server.Options, cancellationToken);
        var counted = await WitnessCounts.ReadAsync(connection, rig.Keys, cancellationToken);
        var oracle = Oracle.Compare(rig.Ledger, counted, rig.Allowances);
        var verified = await new StreamVerifier(connection, rig.Keys, DrillRig.Group).RunAsync(_ => { }, cancellationToken);
        return (oracle.Tally,
        [
            new("I1", "Each acknowledged event is counted once, each unknown one at most once, no rejected one.", [.. rig.Findings, .. oracle.Findings]),
            new("I2", "The books balance: appended = counted + dead-lettered + lost; nothing is pending or undelivered; the stream counted again gives the stored numbers.", Books(rig, verified, counted)),
            new("I3", "Totals never fall, unless the scenario makes Redis forget.", [.. rig.Watch.Falls]),
            new("I4", $"Within {DrillLimits.RecoveryMax.TotalSeconds:0} s after a fault has ended, everything that was sent by then is counted; no process ends by itself.", Liveness(rig, isDrained)),
            new("I5", $"A processor and the API stay below {DrillLimits.ProcessorBytesMax >> 20} MiB, a private Redis below {DrillLimits.RedisBytesMax >> 20} MiB.", Memory(rig)),
            new("I6", "Only events are missing that were acknowledged within the declared window of a power cut, a failover or a restore; without one, none.", Loss(oracle.Tally)),
        ]);
    }

    private static List<string> Books(DrillRig rig, Verification verified, WitnessCounts counted)
    {
        var findings = new List<string>();
        var books = verified.Books;
        if (books.Unaccounted != rig.Allowances.Unaccounted) findings.Add($"entries unaccounted for: {books.Unaccounted?.ToString("N0") ?? "unknown"}, expected {rig.Allowances.Unaccounted:N0}");
        if (books.Pending > 0) findings.Add($"{books.Pending:N0} entries are pending");
        if (books.Undelivered is not 0) findings.Add($"entries undelivered: {books.Undelivered?.ToString("N0") ?? "unknown"}");
        foreach (var name in new[] { "lost", "dead_entries", "dead_events", "late", "clamped", "residue" })
        {
            var (found, expected) = (counted.Books.GetValueOrDefault(name), rig.Allowances.Books.GetValueOrDefault(name));
            if (found != expected) findings.Add($"{name} is {found:N0}, expected {expected:N0}");
        }

        findings.AddRange(verified.Drifts.Take(5).Select(drift => $"{drift.Bucket} {drift.Counter}: stored {drift.Found ?? "nothing"}, the stream gives {drift.Expected ?? "nothing"}"));
        if (verified.Drifts.Count > 5) findings.Add($"… and {verified.Drifts.Count - 5:N0} more counters that differ");
        return findings;
    }

    private static List<string> Liveness(DrillRig rig, bool isDrained)
    {
        var findings = new List<string>();
        if (!isDrained) findings.Add($"not everything was counted within {DrillLimits.RecoveryMax.TotalSeconds:0} s after the last fault");
        findings.AddRange(rig.Journal.Recoveries.Where(recovery => recovery.Time is null).Select(recovery => $"{recovery.Fault}: not recovered within {DrillLimits.RecoveryMax.TotalSeconds:0} s"));
        findings.AddRange(rig.Watch.Ends);
        return findings;
    }

    private static List<string> Memory(DrillRig rig)
    {
        var watch = rig.Watch;
        var findings = new List<string>();
        if (watch.ProcessorBytesMax > DrillLimits.ProcessorBytesMax) findings.Add($"a processor held {watch.ProcessorBytesMax >> 20} MiB");
        if (watch.ApiBytesMax > DrillLimits.ProcessorBytesMax) findings.Add($"the API held {watch.ApiBytesMax >> 20} MiB");
        if (rig.Server is IOwnServers && watch.RedisBytesMax > DrillLimits.RedisBytesMax) findings.Add($"Redis held {watch.RedisBytesMax >> 20} MiB");
        return findings;
    }

    private static List<string> Loss(Tally tally) => tally.Lost > 0 ? [$"{tally.Lost:N0} acknowledged events are missing outside of the window"] : [];
}
