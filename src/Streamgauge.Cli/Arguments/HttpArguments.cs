using System.CommandLine;
using System.Net;

namespace Streamgauge.Cli;

/// <summary>Where to listen.</summary>
internal sealed class HttpArguments
{
    private readonly Option<int?> _port;
    private readonly Option<string> _bind = new("--bind") { Description = "Address to listen on; 0.0.0.0 for all.", DefaultValueFactory = _ => "127.0.0.1" };
    private readonly Option<string?> _certificate = new("--https-cert") { Description = "PEM file of the certificate to serve HTTPS with, and those that lead to its authority. Read again when it changes." };
    private readonly Option<string?> _key = new("--https-key") { Description = "PEM file of its key." };
    private readonly int? _portDefault;

    /// <param name="portDefault">Null for a role that listens only when asked to.</param>
    public HttpArguments(Command command, int? portDefault, string what)
    {
        _portDefault = portDefault;
        var standard = portDefault is null ? "[default: none]" : $"[default: {portDefault}]";
        _port = new Option<int?>("--port") { Description = $"Port of {what}; 0 picks a free one. {standard}" };
        command.Options.Add(_port);
        command.Options.Add(_bind);
        command.Options.Add(_certificate);
        command.Options.Add(_key);
    }

    /// <summary>Where to listen and how; null for nowhere, or when there are problems.</summary>
    public Listening? Read(ParseResult parsed, List<string> problems)
    {
        var port = parsed.Get(_port) ?? _portDefault;
        if (port is < 0 or > 65535) problems.Add($"--port must be 0 to 65535, was {port}.");
        if (!IPAddress.TryParse(parsed.Get(_bind), out var address)) problems.Add($"--bind must be an IP address like 127.0.0.1 or 0.0.0.0, was '{parsed.Get(_bind)}'.");
        var certificate = ReadCertificate(parsed, problems);
        return problems.Count > 0 || port is null ? null : new Listening(new IPEndPoint(address!, port.Value), certificate);
    }

    private ServerCertificate? ReadCertificate(ParseResult parsed, List<string> problems)
    {
        var (certificate, key) = (parsed.Get(_certificate), parsed.Get(_key));
        if (certificate is null && key is null) return null;
        if (certificate is null || key is null)
        {
            problems.Add($"{(certificate is null ? "--https-key" : "--https-cert")} needs {(certificate is null ? "--https-cert" : "--https-key")} beside it.");
            return null;
        }

        try
        {
            return new ServerCertificate(certificate, key, TimeProvider.System);
        }
        catch (ServerCertificateException e)
        {
            problems.Add(e.Message);
            return null;
        }
    }
}
