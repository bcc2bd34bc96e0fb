using System.CommandLine;
using Microsoft.Extensions.Logging;

namespace Streamgauge.Cli;

/// <summary>How much is logged, and how. Logs go to stderr; data alone goes to stdout.</summary>
internal sealed class LogArguments
{
    private readonly Option<LogLevel> _level = new("--log-level") { Description = "Least severe level logged.", DefaultValueFactory = _ => LogLevel.Information };
    private readonly Option<bool> _json = new("--log-json") { Description = "Log JSON, one object a line. Default when stderr is not a terminal.", DefaultValueFactory = _ => Console.IsErrorRedirected };

    public LogArguments(Command command)
    {
        command.Options.Add(_level);
        command.Options.Add(_json);
    }

    public LogLevel Level(ParseResult parsed) => parsed.Get(_level);

    public bool Json(ParseResult parsed) => parsed.Get(_json);
}
