using System.CommandLine;
using System.Net;

namespace Streamgauge.Cli;

/// <summary>Where to listen.</summary>
internal sealed class HttpArguments
{
    private readonly Option<int?> _port;
    private readonly Option<string> _bind = new("--bind") { Description = "Address to listen on; 0.0.0.0 for all.", DefaultValueFactory = _ => "127.0.0.1" };
    private readonly int? _portDefault;

    /// <param name="portDefault">Null for a role that listens only when asked to.</param>
    public HttpArguments(Command command, int? portDefault, string what)
    {
        _portDefault = portDefault;
        var standard = portDefault is null ? "[default: none]" : $"[default: {portDefault}]";
        _port = new Option<int?>("--port") { Description = $"Port of {what}; 0 picks a free one. {standard}" };
        command.Options.Add(_port);
        command.Options.Add(_bind);
    }

    public IPEndPoint? Read(ParseResult parsed, List<string> problems)
    {
        var port = parsed.Get(_port) ?? _portDefault;
        if (port is < 0 or > 65535) problems.Add($"--port must be 0 to 65535, was {port}.");
        if (!IPAddress.TryParse(parsed.Get(_bind), out var address)) problems.Add($"--bind must be an IP address like 127.0.0.1 or 0.0.0.0, was '{parsed.Get(_bind)}'.");
        return problems.Count > 0 || port is null ? null : new IPEndPoint(address!, port.Value);
    }
}
