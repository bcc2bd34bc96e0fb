namespace Streamgauge.Streams;

/// <summary>The stream and the keys that live with it: there, of the right type, with sound ids, trimmed by nobody else.</summary>
internal static class StreamChecks
{
    private const ulong IdMsMax = 1UL << 53; // beyond, the function library could not compare ids as numbers; the year 287,396
    private const string NoStream = "no stream yet";
    private static readonly TimeSpan FutureMax = TimeSpan.FromMinutes(1);

    public static async Task<Finding> TypeAsync(Examination server, CancellationToken cancellationToken) =>
        await TypeOfAsync(server, server.Keys.Stream, cancellationToken) switch
        {
            "stream" => Finding.Ok($"'{server.Keys.Stream}' is a stream"),
            "none" => Finding.Warn($"there is no '{server.Keys.Stream}'", "Nothing was ever sent to it here, or Redis lost it. Correct --stream or --redis, or send something:", server.Repair.Redis("XADD", server.Keys.Stream, "*", "event_type", "view")),
            var other => Finding.Fail($"'{server.Keys.Stream}' is a {other}, no stream", "Nothing can be sent or counted. Choose another name with --stream, or set the other key aside:", SetAside(server, server.Keys.Stream)),
        };

    public static async Task<IReadOnlyList<Finding>> CompanionsAsync(Examination server, CancellationToken cancellationToken)
    {
        var keys = server.Keys;
        var wrong = new List<Finding>();
        foreach (var (key, expected) in new[] { (keys.Meta, "hash"), (keys.Aggregates, "hash"), (keys.Producers, "hash"), (keys.Dead, "stream"), (keys.Views, "string"), (keys.Buckets, "zset") })
        {
            var type = await TypeOfAsync(server, key, cancellationToken);
            if (type != "none" && type != expected)
                wrong.Add(Finding.Fail($"'{key}' is a {type}, no {expected}", "Somebody else wrote to it, and commits or appends that need it are refused. Set it aside; Streamgauge makes its own:", SetAside(server, key)));
        }

        return wrong.Count > 0 ? wrong : [Finding.Ok("those that exist have the right types")];
    }

    public static async Task<Finding> IdsAsync(Examination server, CancellationToken cancellationToken)
    {
        if (await server.StreamInfoAsync(cancellationToken) is not { } info) return Finding.Ok(NoStream);
        var last = Examination.Id(info.Get("last-generated-id"));
        if (last.Ms >= IdMsMax)
            return Finding.Fail($"the newest id is {last}", "Somebody wrote an entry with an id of their own, near the greatest there is: soon nothing can be appended. Begin a new stream, what is in this one stays readable:", SetAside(server, server.Keys.Stream));
        var ahead = last.Arrival - await RetainedStream.ReadClockAsync(await server.ConnectAsync(cancellationToken), cancellationToken);
        return ahead > FutureMax
            ? Finding.Warn($"the newest id, {last}, is {Measures.Age(ahead)} in the future", "Somebody chose the id, or the clock was wrong: new entries get ids from there on, so lag reads 0 and trimming by age waits until then.", "timedatectl set-ntp true")
            : Finding.Ok($"the newest is {last}");
    }

    public static async Task<Finding> SizeAsync(Examination server, CancellationToken cancellationToken)
    {
        if (await server.StreamInfoAsync(cancellationToken) is not { } info) return Finding.Ok(NoStream);
        var usage = await server.ExecuteAsync(["MEMORY", "USAGE", server.Keys.Stream, "SAMPLES", "5"], cancellationToken);
        var bytes = usage.IsNull ? 0 : usage.AsInteger();
        var bound = server.Options.Tend.RetainBytesMax;
        var seen = $"{Measures.Count(info.Get("length")!.AsInteger())} entries, {Measures.Megabytes(bytes)}";
        return bytes <= 2 * bound
            ? Finding.Ok(seen)
            : Finding.Warn($"{seen}, kept to {Measures.Megabytes(bound)} when all is well", "Only processors trim, and only what every group is done with: none runs, counting is behind, or stream.foreign_groups names who holds it back.", server.Repair.Streamgauge("process"));
    }

    /// <summary>Entries of ours that somebody trimmed or deleted before they were counted.</summary>
    public static async Task<Finding> TrimmingAsync(Examination server, CancellationToken cancellationToken)
    {
        if (await server.StreamInfoAsync(cancellationToken) is not { } info || await server.OwnGroupAsync(cancellationToken) is not { } group) return Finding.Ok("nothing to lose yet");
        var length = info.Get("length")!.AsInteger();
        var first = length == 0 ? Examination.Id(info.Get("last-generated-id")) : Examination.Id(info.Get("first-entry")![0]);
        const string why = "Somebody else trims this stream, most often XADD with MAXLEN: these events are lost, and more will be. Processors count the loss (books.lost). Find who does it and have them stop: processors trim by themselves.";
        var repair = server.Repair.Redis("INFO", "commandstats");

        if (await server.OldestPendingAsync(server.Options.Group, cancellationToken) is { } pending && (pending < first || length == 0))
            return Finding.Fail($"entries from {pending} on were trimmed while pending", why, repair);

        // entries-read counts what was delivered, entries-added minus length what is gone; unknown (nil) after a restart.
        var gone = info.Get("entries-added")!.AsInteger() - length;
        var isBehind = Examination.Id(group.Get("last-delivered-id")) < first;
        return isBehind && group.Get("entries-read") is { IsNull: false } read && gone > read.AsInteger()
            ? Finding.Fail($"{Measures.Count(gone - read.AsInteger())} entries were trimmed before they were delivered", why, repair)
            : Finding.Ok("nothing was trimmed before it was counted");
    }

    private static async Task<string> TypeOfAsync(Examination server, string key, CancellationToken cancellationToken) => (await server.ExecuteAsync(["TYPE", key], cancellationToken)).AsText();

    private static string SetAside(Examination server, string key) =>
        server.Repair.Redis("RENAMENX", key, $"{{{server.Keys.Stream}}}:set-aside:{(key == server.Keys.Stream ? "stream" : key[(key.LastIndexOf(':') + 1)..])}");
}
