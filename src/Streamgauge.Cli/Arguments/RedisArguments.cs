using System.CommandLine;
using Streamgauge.Producing;
using Streamgauge.Resp;
using Streamgauge.Streams;

namespace Streamgauge.Cli;

/// <summary>Where Redis is and which stream: the same on every verb.</summary>
internal sealed class RedisArguments
{
    /// <summary>Environment variables, so that no secret needs to stand on a command line.</summary>
    public const string UrlVariable = "STREAMGAUGE_REDIS";
    public const string PasswordVariable = "STREAMGAUGE_REDIS_PASSWORD";
    public const string SentinelPasswordVariable = "STREAMGAUGE_SENTINEL_PASSWORD";
    private const string FileSuffix = "_FILE"; // names a file with the secret, as mounted by Docker and Kubernetes
    private const string StreamDefault = "events";
    private const string UrlDefault = "redis://127.0.0.1:6379";

    private readonly Option<string?> _url;
    private readonly Option<string> _stream = new("--stream") { Description = "Stream key.", DefaultValueFactory = _ => StreamDefault };
    private readonly Option<string> _group = new("--group") { Description = "Consumer group.", DefaultValueFactory = _ => "event_group" };
    private readonly bool _ownStream;
    private readonly Option<string?> _ca = new("--tls-ca") { Description = "PEM file of the certificate authority Redis's certificate comes from." };
    private readonly Option<string?> _certificate = new("--tls-cert") { Description = "PEM file of the client certificate." };
    private readonly Option<string?> _key = new("--tls-key") { Description = "PEM file of the client certificate's key." };

    /// <param name="ownByDefault">Whether the verb starts its own Redis when no address is given.</param>
    /// <param name="ownStream">Whether the verb makes streams and load of its own: then it has no <c>--stream</c> and no <c>--group</c>, and loads a Redis only when it is named to it.</param>
    public RedisArguments(Command command, bool ownByDefault = false, bool ownStream = false)
    {
        _ownStream = ownStream;
        var without = ownByDefault ? "Without it, a private Redis is started." : $"[default: {UrlDefault}]";
        _url = new Option<string?>("--redis")
        {
            Description = $"Redis to use: redis://[user:password@]host:port[/db], rediss:// for TLS, unix:///path, redis+sentinel://host,host/master or redis+cluster://host,host. {(ownStream ? $"${UrlVariable} is passed over: load is made where it was asked for." : $"Also ${UrlVariable}.")} The password also ${PasswordVariable}, that of sentinels ${SentinelPasswordVariable}; with {FileSuffix} behind it, the variable names a file. {without}",
            HelpName = "url",
        };
        command.Options.Add(_url);
        if (!ownStream)
        {
            command.Options.Add(_stream);
            command.Options.Add(_group);
        }

        command.Options.Add(_ca);
        command.Options.Add(_certificate);
        command.Options.Add(_key);
    }

    public string Stream(ParseResult parsed) => _ownStream ? StreamDefault : parsed.Get(_stream);

    public string Group(ParseResult parsed) => parsed.Get(_group);

    /// <summary>The address given, or null.</summary>
    public RedisEndpoint? Given(ParseResult parsed, List<string> problems)
    {
        var text = parsed.Get(_url) ?? (_ownStream ? null : Environment.GetEnvironmentVariable(UrlVariable));
        if (string.IsNullOrEmpty(text)) return null;
        if (!RedisEndpoint.TryParse(text, out var endpoint, out var problem))
        {
            problems.Add(problem);
            return null;
        }

        // All keys of a stream share the slot of its name, so its server in a cluster is the one for everything.
        endpoint = endpoint with
        {
            Password = endpoint.Password ?? Variable(PasswordVariable),
            PasswordFile = Variable(PasswordVariable + FileSuffix),
            SentinelPassword = Variable(SentinelPasswordVariable),
            SentinelPasswordFile = Variable(SentinelPasswordVariable + FileSuffix),
            RoutingKey = Stream(parsed),
        };
        if (endpoint is { User: { } user, Password: null, PasswordFile: null })
            problems.Add($"The Redis address names user '{user}' without a password: set {PasswordVariable}, or {PasswordVariable}{FileSuffix} to the path of a file that holds it.");
        return endpoint;
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    /// <summary>The address given, or Redis's usual one on this machine.</summary>
    public RedisEndpoint Endpoint(ParseResult parsed, List<string> problems) => Given(parsed, problems) ?? RedisEndpoint.Parse(UrlDefault);

    /// <summary>Connection options; mistakes in the stream's name and in TLS files are reported here, once for all verbs.</summary>
    public RedisOptions Options(ParseResult parsed, List<string> problems)
    {
        if (StreamKeys.FindProblem(Stream(parsed)) is { } problem) problems.Add(problem);
        var options = new RedisOptions { ClientName = "streamgauge-" + parsed.CommandResult.Command.Name };
        var tls = new RedisTlsOptions { CaFile = parsed.Get(_ca), CertificateFile = parsed.Get(_certificate), KeyFile = parsed.Get(_key) };
        foreach (var file in new[] { tls.CaFile, tls.CertificateFile, tls.KeyFile })
        {
            if (file is not null && !File.Exists(file)) problems.Add($"'{file}' does not exist.");
        }

        if (tls.CaFile is not null || tls.CertificateFile is not null || tls.KeyFile is not null) options.Tls = tls;
        problems.AddRange(options.FindProblems());
        return options;
    }

    /// <summary>Connects to the Redis of the command line, for verbs that need nothing else of it.</summary>
    /// <exception cref="UsageException">The command line has mistakes.</exception>
    public Task<RespConnection> ConnectAsync(ParseResult parsed, CancellationToken cancellationToken) => ConnectAsync(parsed, [], cancellationToken);

    /// <summary>The same, for verbs that found <paramref name="problems"/> in options of their own, so that all are reported at once.</summary>
    /// <exception cref="UsageException">The command line has mistakes.</exception>
    public Task<RespConnection> ConnectAsync(ParseResult parsed, List<string> problems, CancellationToken cancellationToken)
    {
        var endpoint = Endpoint(parsed, problems);
        var options = Options(parsed, problems);
        UsageException.ThrowIfAny(parsed, problems);
        return ConnectAsync(endpoint, options, cancellationToken);
    }

    /// <summary>Connects to a Redis that can be counted on and has our functions.</summary>
    public static async Task<RespConnection> ConnectAsync(RedisEndpoint endpoint, RedisOptions options, CancellationToken cancellationToken)
    {
        var connection = await RespConnection.ConnectAsync(endpoint, options, cancellationToken);
        try
        {
            await ServerRequirements.CheckAsync(connection, cancellationToken);
            await FunctionLibrary.EnsureLoadedAsync(connection, cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Connects once and checks that this Redis can be counted on, before any role starts.</summary>
    /// <param name="sender">A sender whose durability the server must give; null where nothing is sent.</param>
    public static async Task RequireAsync(RedisEndpoint endpoint, RedisOptions options, CancellationToken cancellationToken, SenderOptions? sender = null)
    {
        await using var connection = await RespConnection.ConnectAsync(endpoint, options, cancellationToken);
        await ServerRequirements.CheckAsync(connection, cancellationToken);
        if (sender is not null) await DurabilityCheck.CheckAsync(connection, sender.Durability, sender.Replicas, cancellationToken);
    }
}
