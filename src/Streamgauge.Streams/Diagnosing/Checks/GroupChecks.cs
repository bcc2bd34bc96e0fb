using System.Text;

namespace Streamgauge.Streams;

/// <summary>The groups of the stream: ours counts, and others must not hold back trimming.</summary>
internal static class GroupChecks
{
    private const int IdleConsumersMax = 100;
    private const string NoGroup = "no group yet";
    private static readonly TimeSpan LagWarn = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LagFail = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan PinnedFor = TimeSpan.FromMinutes(10);

    public static async Task<Finding> ExistsAsync(Examination server, CancellationToken cancellationToken)
    {
        var name = server.Options.Group;
        var floor = await server.BookAsync("floor", cancellationToken); // first: what is made meanwhile is not gone
        if (await server.OwnGroupAsync(cancellationToken) is not null) return Finding.Ok($"'{name}' exists");
        var repair = server.Repair.Redis("XGROUP", "CREATE", server.Keys.Stream, name, floor ?? "0", "MKSTREAM");
        return floor is null
            ? Finding.Warn($"there is no group '{name}'", "Nothing is counted. Correct --group, or start a processor, which makes it, as this does:", repair)
            : Finding.Fail($"the group '{name}' is gone", "Somebody removed it, or Redis lost it. Processors make it again at the floor, where counting had come to, as this does:", repair);
    }

    public static async Task<Finding> PositionAsync(Examination server, CancellationToken cancellationToken)
    {
        var book = await server.BookAsync("floor", cancellationToken); // first: it rises while counting goes on, and never above what was delivered
        if (await server.OwnGroupAsync(cancellationToken) is not { } group) return Finding.Ok(NoGroup);
        var delivered = Examination.Id(group.Get("last-delivered-id"));
        return StreamEntryId.TryParse(Encoding.UTF8.GetBytes(book ?? ""), out var floor) && delivered < floor
            ? Finding.Warn($"stands at {delivered}, below the floor {floor}", "Somebody set it backwards. Nothing counts twice, but processors read again what they are done with, and refuse it:", server.Repair.Redis("XGROUP", "SETID", server.Keys.Stream, server.Options.Group, floor.ToString()))
            : Finding.Ok($"stands at {delivered}");
    }

    public static async Task<Finding> ConsumersAsync(Examination server, CancellationToken cancellationToken)
    {
        var status = await server.StatusAsync(cancellationToken);
        if (!status.GroupExists) return Finding.Ok(NoGroup);
        var deadAfter = 2 * server.Options.ClaimAfter;
        var alive = status.Consumers.Count(consumer => consumer.Idle < deadAfter);
        var dead = status.Consumers.Where(consumer => consumer.Idle >= deadAfter && consumer.Pending > 0).ToList();
        var idle = status.Consumers.Count - alive - dead.Count;
        var seen = $"{alive} at work, {idle} idle with nothing pending";
        var repair = server.Repair.Streamgauge("process");
        if (dead.Count > 0)
        {
            seen = $"{seen}, {dead.Count} dead with {Measures.Count(dead.Sum(consumer => consumer.Pending))} entries pending (longest silent: {dead.MaxBy(consumer => consumer.Idle)!.Name}, {Measures.Age(dead.Max(consumer => consumer.Idle))})";
            return alive == 0
                ? Finding.Fail(seen, "Nobody is there to take their entries over, and no event is counted. Start a processor, which does:", repair)
                : Finding.Warn(seen, $"Those at work take entries over after {Measures.Age(server.Options.ClaimAfter)} of silence; these they did not, so their log says why, or they run an older version. A fresh one:", repair);
        }

        if (alive == 0 && status.OldestOpen is not null) return Finding.Fail("no processor is at work, and entries wait", "No event is counted.", repair);
        return idle <= IdleConsumersMax ? Finding.Ok(seen) : Finding.Warn(seen, "Processors forget idle consumers after 10 minutes; these they did not, so none tends this stream.", repair);
    }

    public static async Task<Finding> PendingAsync(Examination server, CancellationToken cancellationToken)
    {
        if (await server.OwnGroupAsync(cancellationToken) is null) return Finding.Ok(NoGroup);
        if (await server.OldestPendingAsync(server.Options.Group, cancellationToken) is not { } oldest) return Finding.Ok("nothing pending");
        var status = await server.StatusAsync(cancellationToken);
        var age = status.Now - oldest.Arrival;
        var seen = $"{Measures.Count(status.Pending)} pending, the oldest for {Measures.Age(age)}";
        var repair = server.Repair.Streamgauge("process");
        return age < 2 * server.Options.ClaimAfter ? Finding.Ok(seen)
            : age < LagFail ? Finding.Warn(seen, "It was delivered and not committed, and nobody has taken it over yet.", repair)
            : Finding.Fail(seen, "It was delivered and is not counted; nothing from it on is trimmed. A processor takes it over:", repair);
    }

    public static async Task<Finding> LagAsync(Examination server, CancellationToken cancellationToken)
    {
        var status = await server.StatusAsync(cancellationToken);
        var seen = status.OldestOpen is null ? "everything is counted" : $"{Measures.Age(status.Lag)} behind";
        if (status.Lag < LagWarn) return Finding.Ok(seen);
        const string why = "Counting does not keep up with what arrives, or stands still. Start more processors:";
        return status.Lag < LagFail ? Finding.Warn(seen, why, server.Repair.Streamgauge("process")) : Finding.Fail(seen, why, server.Repair.Streamgauge("process"));
    }

    /// <summary>Groups of others. Nothing that one of them still has to read is ever trimmed, so one that never reads keeps the stream growing.</summary>
    public static async Task<IReadOnlyList<Finding>> ForeignAsync(Examination server, CancellationToken cancellationToken)
    {
        var foreign = (await server.GroupsAsync(cancellationToken)).Where(group => group.Get("name")?.Text != server.Options.Group).ToList();
        if (foreign.Count == 0) return [Finding.Ok("none")];
        var now = await RetainedStream.ReadClockAsync(await server.ConnectAsync(cancellationToken), cancellationToken);
        var found = new List<Finding>();
        foreach (var group in foreign)
        {
            var name = group.Get("name")!.AsText();
            var delivered = group.Get("last-delivered-id")!.AsText();
            var neverRead = delivered == "0-0" && group.Get("consumers")!.AsInteger() == 0;
            var mark = await server.OldestPendingAsync(name, cancellationToken) ?? await NextAsync(server, delivered, cancellationToken);
            if (mark is not { } oldest) continue;
            var age = now - oldest.Arrival;
            if (!neverRead && age < PinnedFor) continue;
            found.Add(Finding.Warn(
                $"'{name}' {(neverRead ? "has never read" : "is not done with")} what came {Measures.Age(age)} ago ({oldest})",
                "Nothing from there on is trimmed, so the stream grows. If whoever reads as this group is gone for good, and only then:",
                server.Repair.Redis("XGROUP", "DESTROY", server.Keys.Stream, name)));
        }

        return found.Count > 0 ? found : [Finding.Ok($"{foreign.Count}, none holds back trimming")];
    }

    private static async Task<StreamEntryId?> NextAsync(Examination server, string after, CancellationToken cancellationToken)
    {
        if (after == StreamEntryId.Greatest.ToString()) return null;
        var next = await server.ExecuteAsync(["XRANGE", server.Keys.Stream, "(" + after, "+", "COUNT", "1"], cancellationToken);
        return next.Items.Count == 0 ? null : Examination.Id(next[0][0]);
    }
}
