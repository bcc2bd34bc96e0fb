namespace Streamgauge.Streams.Tests;

/// <summary>Every state is brought about for real, must be found, and the printed command, pasted into a shell, must heal it.</summary>
public sealed class RepairTests(DiagnosisRig rig) : IClassFixture<DiagnosisRig>
{
    // What breaks it, one command a line; STREAM stands for the stream's name.
    public static TheoryData<string, FindingStatus, string> Broken => new()
    {
        { "server.idle_timeout", FindingStatus.Warn, "CONFIG SET timeout 5" },
        { "server.keepalive", FindingStatus.Warn, "CONFIG SET tcp-keepalive 0" },
        { "server.busy_threshold", FindingStatus.Warn, "CONFIG SET busy-reply-threshold 100" },
        { "server.output_buffer", FindingStatus.Warn, "CONFIG SET client-output-buffer-limit|normal 1048576 524288 10" },
        { "server.slow_calls", FindingStatus.Warn, "FUNCTION LOAD REPLACE|#!lua name=slow\nredis.register_function('sg_slow', function() local n = 0 for i = 1, 5e7 do n = n + i end return 'done' end)\n\nFCALL sg_slow 0" },
        { "memory.eviction", FindingStatus.Fail, "CONFIG SET maxmemory-policy allkeys-lru" },
        { "memory.bound", FindingStatus.Warn, "CONFIG SET maxmemory 0" },
        { "memory.used", FindingStatus.Fail, "CONFIG SET maxmemory 1mb" },
        { "memory.client_eviction", FindingStatus.Warn, "CONFIG SET maxmemory-clients 100mb" },
        { "persistence.append_only", FindingStatus.Fail, "CONFIG SET appendonly no" },
        { "persistence.append_only", FindingStatus.Warn, "CONFIG SET appendonly no save|3600 1" },
        { "persistence.fsync", FindingStatus.Warn, "CONFIG SET appendfsync no" },
        { "persistence.torn_file", FindingStatus.Warn, "CONFIG SET aof-load-truncated yes" },
        { "replication.min_replicas", FindingStatus.Fail, "CONFIG SET min-replicas-to-write 1" },
        { "stream.type", FindingStatus.Warn, "DEL STREAM" },
        { "stream.type", FindingStatus.Fail, "DEL STREAM\n\nSET STREAM text" },
        { "stream.companions", FindingStatus.Fail, "DEL {STREAM}:producers\n\nSET {STREAM}:producers text" },
        { "stream.ids", FindingStatus.Fail, "XADD STREAM 18446744073709551615-1 event_type view" },
        { "stream.foreign_groups", FindingStatus.Warn, "XGROUP CREATE STREAM it's 0" },
        { "group.exists", FindingStatus.Fail, "XGROUP DESTROY STREAM g" },
        { "group.exists", FindingStatus.Warn, "DEL STREAM {STREAM}:meta\n\nXADD STREAM * event_type view" },
        { "group.position", FindingStatus.Warn, "XGROUP SETID STREAM g 0" },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task The_command_that_is_printed_heals_what_was_found(string check, FindingStatus status, string commands)
    {
        var stream = await rig.NewStreamAsync();
        await ExpectAsync(stream, check, FindingStatus.Ok);

        foreach (var command in commands.Split("\n\n")) await stream.RunAsync(Words(command, stream));
        var finding = await ExpectAsync(stream, check, status);
        Assert.False(string.IsNullOrEmpty(finding.Why));

        await DiagnosisRig.PasteAsync(finding.Repair!);
        var healed = (check, status) == ("stream.type", FindingStatus.Fail) ? FindingStatus.Warn : FindingStatus.Ok; // with the wrong key set aside, there is no stream yet
        await ExpectAsync(stream, check, healed);
        await stream.RunAsync("CONFIG", "SET", "save", "");
    }

    private async Task<Finding> ExpectAsync(StreamRig stream, string check, FindingStatus status)
    {
        var finding = Assert.Single(await rig.DiagnoseAsync(stream), finding => finding.Check == check);
        Assert.True(finding.Status == status, $"{check} is {finding}");
        return finding;
    }

    // Words are parted by blanks, up to a '|': behind it stands one word with blanks.
    private static string[] Words(string command, StreamRig stream)
    {
        var parts = command.Replace("STREAM", stream.Keys.Stream, StringComparison.Ordinal).Split('|', 2);
        return [.. parts[0].Split(' '), .. parts[1..]];
    }
}
