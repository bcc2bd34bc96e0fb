using System.Globalization;

namespace Streamgauge.Resp;

// By hand rather than with System.Uri, which rewrites hosts and paths and cannot say what is wrong.
// scheme "://" [ [ user ] ":" [ password ] "@" ] ( host [ ":" port ] [ "/" db ]  |  "/" path [ "?db=" db ] )
// scheme "+sentinel://" … host [ ":" port ] { "," host [ ":" port ] } "/" master [ "/" db ]
// scheme "+cluster://"  … host [ ":" port ] { "," host [ ":" port ] } [ "/" ]
public sealed partial record RedisEndpoint
{
    private const string Shapes = "redis://host:6379, rediss://host:6379, unix:///path/to.sock, redis+sentinel://host:26379,host:26379/master or redis+cluster://host:6379,host:6379";

    /// <summary>Fills <paramref name="endpoint"/>, or returns the problem. No problem quotes what stands before an '@'.</summary>
    private static string? Read(string text, ref RedisEndpoint? endpoint)
    {
        if (text.Length == 0) return $"The Redis address is empty; write one like {Shapes}.";

        var colon = text.IndexOf("://", StringComparison.Ordinal);
        if (colon < 0) return $"The Redis address has no scheme; write one like {Shapes}.";
        var scheme = text[..colon].ToLowerInvariant();
        if (scheme is not ("redis" or "rediss" or "unix" or "redis+sentinel" or "rediss+sentinel" or "redis+cluster" or "rediss+cluster")) return $"The Redis address has a scheme that is not known; write one like {Shapes}.";

        var place = text[(colon + 3)..];
        var result = new RedisEndpoint { UseTls = scheme.StartsWith("rediss", StringComparison.Ordinal) };

        // The last '@' before the path, since a careless password may hold an '@' itself.
        var pathStart = scheme == "unix" ? place.IndexOf("@/", StringComparison.Ordinal) + 1 : place.LastIndexOf('@') + 1;
        if (pathStart > 0)
        {
            var problem = ReadCredentials(place[..(pathStart - 1)], ref result);
            if (problem is not null) return problem;
            place = place[pathStart..];
        }

        endpoint = result;
        return scheme switch
        {
            "unix" => ReadSocket(place, ref endpoint),
            "redis" or "rediss" => ReadServer(place, ref endpoint),
            "redis+sentinel" or "rediss+sentinel" => ReadSentinels(place, ref endpoint),
            _ => ReadCluster(place, ref endpoint),
        };
    }

    private static string? ReadCredentials(string text, ref RedisEndpoint endpoint)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0) return "The Redis address has something before '@' without a ':', so user and password cannot be told apart; write user:password@, :password@ for the default user, or user:@ when the password is given apart from the address.";
        if (!IsPercentEncodingSound(text)) return "The Redis address has a '%' in its user or password that is not followed by two hex digits; write a literal '%' as %25.";

        var user = Uri.UnescapeDataString(text[..colon]);
        var password = Uri.UnescapeDataString(text[(colon + 1)..]);
        if (user.Length == 0 && password.Length == 0) return "The Redis address has an empty password; write user:password@, or leave the part before '@' out.";
        endpoint = endpoint with { User = user.Length == 0 ? null : user, Password = password.Length == 0 ? null : password };
        return null;
    }

    private static string? ReadSocket(string text, ref RedisEndpoint endpoint)
    {
        var question = text.IndexOf('?', StringComparison.Ordinal);
        var path = question < 0 ? text : text[..question];
        if (path.Length < 2 || path[0] != '/') return "The Redis address has no absolute socket path; write three slashes, like unix:///run/redis/redis.sock.";

        endpoint = endpoint with { SocketPath = path };
        if (question < 0) return null;
        var query = text[(question + 1)..];
        if (!query.StartsWith("db=", StringComparison.Ordinal)) return "The Redis address has an unknown setting after '?'; only db is known, like unix:///path/to.sock?db=1.";
        return ReadDatabase(query[3..], ref endpoint);
    }

    private static string? ReadServer(string text, ref RedisEndpoint endpoint)
    {
        if (SplitPath(text, out var authority, out var database) is { } problem) return problem;
        if (authority.Contains(',', StringComparison.Ordinal)) return "The Redis address names several servers; write redis+cluster://host,host for a cluster, or redis+sentinel://host,host/master for sentinels.";
        if (ReadHost(authority, DefaultPort, out var host) is { } hostProblem) return hostProblem;
        endpoint = endpoint with { Host = host.Name, Port = host.Port };
        return database.Length == 0 ? null : ReadDatabase(database, ref endpoint);
    }

    private static string? ReadSentinels(string text, ref RedisEndpoint endpoint)
    {
        if (SplitPath(text, out var authority, out var path) is { } problem) return problem;
        if (ReadHosts(authority, SentinelTopology.DefaultPort, out var hosts) is { } hostProblem) return hostProblem;
        var slash = path.IndexOf('/', StringComparison.Ordinal);
        var name = slash < 0 ? path : path[..slash];
        var database = slash < 0 ? "" : path[(slash + 1)..];

        // As sentinel.c allows them in 'sentinel monitor'.
        if (name.Length == 0 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_')) return "The Redis address does not say which master the sentinels are to be asked for; write the name 'sentinel monitor' gives it, like redis+sentinel://host:26379/mymaster.";
        endpoint = endpoint with { Topology = new SentinelTopology(hosts, name) };
        return database.Length == 0 ? null : ReadDatabase(database, ref endpoint);
    }

    private static string? ReadCluster(string text, ref RedisEndpoint endpoint)
    {
        if (SplitPath(text, out var authority, out var database) is { } problem) return problem;
        if (database is not ("" or "0")) return "The Redis address names a database, but a Redis Cluster has only database 0; remove what stands after the last '/'.";
        if (ReadHosts(authority, DefaultPort, out var hosts) is { } hostProblem) return hostProblem;
        endpoint = endpoint with { Topology = new ClusterTopology(hosts) };
        return null;
    }

    private static string? SplitPath(string text, out string authority, out string path)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        authority = slash < 0 ? text : text[..slash];
        path = slash < 0 ? "" : text[(slash + 1)..];
        return text.Contains('?', StringComparison.Ordinal) ? "The Redis address has settings after '?', which this scheme does not take; write the database as /1 and remove the rest." : null;
    }

    private static string? ReadHosts(string text, int portDefault, out List<RedisHost> hosts)
    {
        hosts = [];
        foreach (var part in text.Split(','))
        {
            if (ReadHost(part.Trim(), portDefault, out var host) is { } problem) return problem;
            if (!hosts.Contains(host)) hosts.Add(host);
        }

        return null;
    }

    private static string? ReadHost(string text, int portDefault, out RedisHost host)
    {
        host = default;

        // [::1]:6379 : the brackets keep the address' own colons apart from the port's.
        var isBracketed = text.StartsWith('[');
        var nameEnd = isBracketed ? text.IndexOf(']', StringComparison.Ordinal) : text.IndexOf(':', StringComparison.Ordinal);
        if (isBracketed && nameEnd < 0) return "The Redis address opens an IPv6 address with '[' and never closes it; write it like [::1]:6379.";
        if (nameEnd < 0) nameEnd = text.Length;
        var name = isBracketed ? text[1..nameEnd] : text[..nameEnd];
        if (name.Length == 0 || name.Any(char.IsWhiteSpace)) return "The Redis address has no host name or one with blanks; write one like redis://localhost:6379.";
        host = new RedisHost(name, portDefault);

        var rest = text[Math.Min(text.Length, isBracketed ? nameEnd + 1 : nameEnd)..];
        if (rest.Length == 0) return null;
        if (rest.IndexOf(':', 1) > 0) return "The Redis address has more than one ':' after the host; put an IPv6 address in brackets, like [::1]:6379.";
        if (rest[0] != ':' || !TryReadNumber(rest[1..], out var port) || port is < 1 or > 65535) return $"The Redis address has a port that is not a number from 1 to 65535; write one like {name}:{portDefault}.";
        host = new RedisHost(name, port);
        return null;
    }

    private static string? ReadDatabase(string text, ref RedisEndpoint endpoint)
    {
        if (!TryReadNumber(text, out var database)) return "The Redis address has a database that is not a number from 0 up; write it like redis://host:6379/1 or unix:///path/to.sock?db=1.";
        endpoint = endpoint with { Database = database };
        return null;
    }

    private static bool TryReadNumber(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private static bool IsPercentEncodingSound(string text)
    {
        for (var index = text.IndexOf('%', StringComparison.Ordinal); index >= 0; index = text.IndexOf('%', index + 1))
        {
            if (index + 2 >= text.Length || !char.IsAsciiHexDigit(text[index + 1]) || !char.IsAsciiHexDigit(text[index + 2])) return false;
        }

        return true;
    }
}
