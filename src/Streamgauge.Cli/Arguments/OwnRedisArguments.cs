using System.CommandLine;

namespace Streamgauge.Cli;

/// <summary>How the private Redis of <c>up</c> and <c>bench</c> keeps its data.</summary>
internal sealed class OwnRedisArguments
{
    private static readonly string[] FsyncValues = ["always", "everysec", "no", "off"];

    private readonly Option<string> _data = new("--data") { Description = "Folder of the private Redis.", DefaultValueFactory = _ => "data" };
    private readonly Option<HumanSize> _memory = Parsers.Size("--maxmemory", 1L << 30, "Memory bound of the private Redis; at it, new events are refused and counting goes on.");
    private readonly Option<string> _fsync = new("--fsync") { Description = "When the private Redis writes to disk: always, everysec, no; off keeps nothing.", DefaultValueFactory = _ => "everysec" };

    public OwnRedisArguments(Command command)
    {
        command.Options.Add(_data);
        command.Options.Add(_memory);
        command.Options.Add(_fsync);
    }

    public OwnRedisOptions Read(ParseResult parsed, List<string> problems)
    {
        var fsync = parsed.Get(_fsync);
        if (!FsyncValues.Contains(fsync)) problems.Add($"--fsync must be one of {string.Join(", ", FsyncValues)}, was '{fsync}'.");
        if (parsed.Get(_memory) < 32L << 20) problems.Add("--maxmemory must be at least 32mb.");
        return new OwnRedisOptions { DataFolder = parsed.Get(_data), MaxMemoryBytes = parsed.Get(_memory), Fsync = fsync };
    }
}
