using System.CommandLine;
using Streamgauge.Producing;
using Streamgauge.Resp;
using Streamgauge.Streams;

namespace Streamgauge.Cli;

/// <summary>How events are sent.</summary>
internal sealed class SenderArguments
{
    private static readonly Dictionary<string, DurabilityLevel> Levels = new(StringComparer.Ordinal)
    {
        ["memory"] = DurabilityLevel.Memory,
        ["everysec"] = DurabilityLevel.EverySec,
        ["always"] = DurabilityLevel.Always,
        ["replicated"] = DurabilityLevel.Replicated,
    };

    private readonly Option<bool> _plain = new("--plain") { Description = "One entry per event, readable by any Redis client, instead of frames of many." };
    private readonly Option<int> _events = new("--frame-events") { Description = "Events that close a frame.", DefaultValueFactory = _ => 500 };
    private readonly Option<HumanDuration> _linger = Parsers.Duration("--linger", TimeSpan.FromMilliseconds(1), "How long an event may wait for company.");
    private readonly Option<HumanSize> _buffer = Parsers.Size("--buffer", 64L << 20, "Memory for events Redis has not acknowledged; when full, the spool takes over, or else the source waits.");
    private readonly Option<string?> _spool = new("--spool") { Description = "Folder for events that memory has no room for; what an earlier run left there is sent first. Without it, the source waits.", HelpName = "folder" };
    private readonly Option<HumanSize> _spoolBytes = Parsers.Size("--spool-bytes", 1L << 30, "Bound of the spool's files; when full, the source waits.");
    private readonly Option<string> _durability = new("--durability") { Description = "What must have happened before an event counts as sent: it is in Redis's memory, on its disk every second (everysec), on its disk (always), or on replicas (replicated).", DefaultValueFactory = _ => "memory" };
    private readonly Option<int> _replicas = new("--replicas") { Description = "Replicas that must confirm, with --durability replicated.", DefaultValueFactory = _ => 1 };

    public SenderArguments(Command command)
    {
        foreach (var option in new Option[] { _plain, _events, _linger, _buffer, _spool, _spoolBytes, _durability, _replicas }) command.Options.Add(option);
    }

    /// <summary>The level of a name.</summary>
    public static DurabilityLevel Level(string name, List<string> problems)
    {
        if (!Levels.TryGetValue(name, out var level)) problems.Add($"--durability must be one of {string.Join(", ", Levels.Keys)}, was '{name}'.");
        return level;
    }

    public SenderOptions Read(ParseResult parsed, RedisEndpoint redis, RedisOptions connection, string stream, List<string> problems)
    {
        var level = Level(parsed.Get(_durability), problems);
        if (parsed.Get(_spool) is "") problems.Add("--spool must name a folder.");
        var options = new SenderOptions
        {
            Redis = redis,
            Connection = connection,
            Stream = stream,
            Plain = parsed.Get(_plain),
            EventsPerSend = parsed.Get(_events),
            Linger = parsed.Get(_linger),
            BufferBytesMax = parsed.Get(_buffer),
            SpoolFolder = parsed.Get(_spool),
            SpoolBytesMax = parsed.Get(_spoolBytes),
            Durability = level,
            Replicas = parsed.Get(_replicas),
        };
        problems.AddRange(options.FindProblems());
        return options;
    }
}
