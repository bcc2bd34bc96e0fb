using System.Globalization;

namespace Streamgauge.Resp;

// By hand rather than with System.Uri, which rewrites hosts and paths and cannot say what is wrong.
// scheme "://" [ user ":" password "@" ] ( host [ ":" port ] [ "/" db ]  |  "/" path [ "?db=" db ] )
public sealed partial record RedisEndpoint
{
    private const string Shapes = "redis://host:6379, rediss://host:6379 or unix:///path/to.sock";

    /// <summary>Fills <paramref name="endpoint"/>, or returns the problem. No problem quotes what stands before an '@'.</summary>
    private static string? Read(string text, ref RedisEndpoint? endpoint)
    {
        if (text.Length == 0) return $"The Redis address is empty; write one like {Shapes}.";

        var colon = text.IndexOf("://", StringComparison.Ordinal);
        if (colon < 0) return $"The Redis address has no scheme; write one like {Shapes}.";
        var scheme = text[..colon].ToLowerInvariant();
        if (scheme is not ("redis" or "rediss" or "unix")) return $"The Redis address has a scheme that is not known; write one like {Shapes}.";

        var place = text[(colon + 3)..];
        var result = new RedisEndpoint { UseTls = scheme == "rediss" };

        // The last '@' before the path, since a careless password may hold an '@' itself.
        var pathStart = scheme == "unix" ? place.IndexOf("@/", StringComparison.Ordinal) + 1 : place.LastIndexOf('@') + 1;
        if (pathStart > 0)
        {
            var problem = ReadCredentials(place[..(pathStart - 1)], ref result);
            if (problem is not null) return problem;
            place = place[pathStart..];
        }

        endpoint = result;
        return scheme == "unix" ? ReadSocket(place, ref endpoint) : ReadHost(place, ref endpoint);
    }

    private static string? ReadCredentials(string text, ref RedisEndpoint endpoint)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0) return "The Redis address has something before '@' without a ':', so user and password cannot be told apart; write user:password@, or :password@ for the default user.";
        if (!IsPercentEncodingSound(text)) return "The Redis address has a '%' in its user or password that is not followed by two hex digits; write a literal '%' as %25.";

        var user = Uri.UnescapeDataString(text[..colon]);
        var password = Uri.UnescapeDataString(text[(colon + 1)..]);
        if (password.Length == 0) return "The Redis address has an empty password; write user:password@, or leave the part before '@' out.";
        endpoint = endpoint with { User = user.Length == 0 ? null : user, Password = password };
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

    private static string? ReadHost(string text, ref RedisEndpoint endpoint)
    {
        if (text.Contains('?', StringComparison.Ordinal)) return "The Redis address has settings after '?', which this scheme does not take; write the database as /1 and remove the rest.";

        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var authority = slash < 0 ? text : text[..slash];
        var database = slash < 0 ? "" : text[(slash + 1)..];

        // [::1]:6379 : the brackets keep the address' own colons apart from the port's.
        var isBracketed = authority.StartsWith('[');
        var hostEnd = isBracketed ? authority.IndexOf(']', StringComparison.Ordinal) : authority.IndexOf(':', StringComparison.Ordinal);
        if (isBracketed && hostEnd < 0) return "The Redis address opens an IPv6 address with '[' and never closes it; write it like [::1]:6379.";
        if (hostEnd < 0) hostEnd = authority.Length;
        var host = isBracketed ? authority[1..hostEnd] : authority[..hostEnd];
        if (host.Length == 0 || host.Any(char.IsWhiteSpace)) return "The Redis address has no host name or one with blanks; write one like redis://localhost:6379.";
        endpoint = endpoint with { Host = host };

        var rest = authority[Math.Min(authority.Length, isBracketed ? hostEnd + 1 : hostEnd)..];
        if (rest.Length > 0)
        {
            if (rest.IndexOf(':', 1) > 0) return "The Redis address has more than one ':' after the host; put an IPv6 address in brackets, like [::1]:6379.";
            if (rest[0] != ':' || !TryReadNumber(rest[1..], out var port) || port is < 1 or > 65535) return $"The Redis address has a port that is not a number from 1 to 65535; write one like {host}:{DefaultPort}.";
            endpoint = endpoint with { Port = port };
        }

        return database.Length == 0 ? null : ReadDatabase(database, ref endpoint);
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
