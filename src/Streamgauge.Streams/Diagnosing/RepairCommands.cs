using Streamgauge.Resp;

namespace Streamgauge.Streams;

/// <summary>Writes commands for a shell, aimed at one server.</summary>
/// <remarks>
/// They carry neither user nor password: whoever repairs is an administrator, not the user that was looked at, and secrets belong in
/// <c>REDISCLI_AUTH</c> and <c>STREAMGAUGE_REDIS_PASSWORD</c>.
/// </remarks>
internal sealed class RepairCommands(RedisEndpoint endpoint, RedisTlsOptions? tls, StreamKeys keys, string group)
{
    private readonly string _redisCli = RedisCli(endpoint, tls);
    private readonly string _address = Address(endpoint, tls);

    /// <summary><c>redis-cli -h host -p port COMMAND …</c>, arguments quoted where they must be.</summary>
    public string Redis(params IEnumerable<string> command) => $"{_redisCli} {string.Join(' ', command.Select(Quote))}";

    /// <summary><c>CONFIG SET name value</c>, which lasts until the next start; <c>CONFIG REWRITE</c> keeps it where the server has a file.</summary>
    public string Config(params IEnumerable<string> settings) => Redis(["CONFIG", "SET", .. settings]);

    /// <summary><c>redis-cli --cluster COMMAND host:port</c>.</summary>
    public string Cluster(string command) => $"redis-cli{TlsOptions("--tls", "--cacert", "--cert", "--key", endpoint.UseTls, tls)} --cluster {command} {endpoint.Host}:{endpoint.Port}";

    /// <summary><c>./streamgauge VERB …</c> on the stream and group that were looked at.</summary>
    public string Streamgauge(string verb)
    {
        var stream = keys.Stream == "events" ? "" : $" --stream {Quote(keys.Stream)}";
        var ofGroup = group == "event_group" ? "" : $" --group {Quote(group)}";
        return $"./streamgauge {verb} --redis {_address}{stream}{ofGroup}";
    }

    internal static string Quote(string argument) =>
        argument.Length > 0 && argument.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or ':' or '/' or '+' or '@' or '%' or '=' or ',') ? argument : $"'{argument.Replace("'", @"'\''", StringComparison.Ordinal)}'";

    private static string RedisCli(RedisEndpoint endpoint, RedisTlsOptions? tls)
    {
        var place = endpoint.SocketPath is { } socket ? $"-s {Quote(socket)}" : $"-h {endpoint.Host} -p {endpoint.Port}";
        return $"redis-cli {place}{TlsOptions("--tls", "--cacert", "--cert", "--key", endpoint.UseTls, tls)}{(endpoint.Database == 0 ? "" : $" -n {endpoint.Database}")}";
    }

    private static string Address(RedisEndpoint endpoint, RedisTlsOptions? tls) =>
        Quote((endpoint with { User = null, Password = null }).ToString()) + TlsOptions(null, "--tls-ca", "--tls-cert", "--tls-key", endpoint.UseTls, tls);

    private static string TlsOptions(string? on, string ca, string certificate, string key, bool isTls, RedisTlsOptions? tls)
    {
        if (!isTls) return "";
        var result = on is null ? "" : " " + on;
        foreach (var (option, file) in new[] { (ca, tls?.CaFile), (certificate, tls?.CertificateFile), (key, tls?.KeyFile) })
        {
            if (file is not null) result += $" {option} {Quote(file)}";
        }

        return result;
    }
}
