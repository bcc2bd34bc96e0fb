using System.CommandLine;
using Streamgauge.Producing;
using Streamgauge.Resp;

namespace Streamgauge.Cli;

/// <summary>How events are sent.</summary>
internal sealed class SenderArguments
{
    private readonly Option<bool> _plain = new("--plain") { Description = "One entry per event, readable by any Redis client, instead of frames of many." };
    private readonly Option<int> _events = new("--frame-events") { Description = "Events that close a frame.", DefaultValueFactory = _ => 500 };
    private readonly Option<HumanDuration> _linger = Parsers.Duration("--linger", TimeSpan.FromMilliseconds(1), "How long an event may wait for company.");
    private readonly Option<HumanSize> _buffer = Parsers.Size("--buffer", 64L << 20, "Memory for events Redis has not acknowledged; when full, the source waits.");

    public SenderArguments(Command command)
    {
        foreach (var option in new Option[] { _plain, _events, _linger, _buffer }) command.Options.Add(option);
    }

    public SenderOptions Read(ParseResult parsed, RedisEndpoint redis, RedisOptions connection, string stream, List<string> problems)
    {
        var options = new SenderOptions
        {
            Redis = redis,
            Connection = connection,
            Stream = stream,
            Plain = parsed.Get(_plain),
            EventsPerSend = parsed.Get(_events),
            Linger = parsed.Get(_linger),
            BufferBytesMax = parsed.Get(_buffer),
        };
        problems.AddRange(options.FindProblems());
        return options;
    }
}
