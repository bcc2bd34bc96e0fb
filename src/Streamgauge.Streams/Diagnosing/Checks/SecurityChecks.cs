using System.Net;

namespace Streamgauge.Streams;

/// <summary>Who can reach this server, and whether they are overheard.</summary>
internal static class SecurityChecks
{
    public static async Task<Finding> ExposureAsync(Examination server, CancellationToken cancellationToken)
    {
        var isListening = await server.ConfigNumberAsync("port", cancellationToken) > 0 || await server.ConfigNumberAsync("tls-port", cancellationToken) > 0;
        var bind = await server.ConfigAsync("bind", cancellationToken);
        if (!isListening) return Finding.Ok("no TCP port");
        if (bind.Split(' ', StringSplitOptions.RemoveEmptyEntries).All(IsLoopback)) return Finding.Ok($"listens on this machine alone ({bind})");

        var user = await server.ExecuteAsync(["ACL", "GETUSER", "default"], cancellationToken);
        var flags = user.Get("flags")?.Items.Select(flag => flag.Text).ToList() ?? [];
        if (!flags.Contains("on") || !flags.Contains("nopass")) return Finding.Ok($"listens on {bind}; the default user is off or has a password");
        const string why = "Whoever reaches the port may read, forge and delete everything.";
        return await server.ConfigAsync("protected-mode", cancellationToken) == "yes"
            ? Finding.Warn($"listens on {bind}; the default user has no password, and protected mode alone keeps strangers out", why + " Keep the password this prints.", Password(server))
            : Finding.Fail($"listens on {bind}; the default user has no password, and protected mode is off", why + " Until passwords are given out, let nobody in from elsewhere:", server.Repair.Config("protected-mode", "yes"));
    }

    public static async Task<Finding> EncryptionAsync(Examination server, CancellationToken cancellationToken)
    {
        var endpoint = server.Endpoint;
        if (endpoint.UseTls) return Finding.Ok("TLS");
        if (endpoint.SocketPath is not null || endpoint.Host is { } host && (host == "localhost" || IsLoopback(host))) return Finding.Ok("not encrypted, but it never leaves this machine");
        var port = await server.ConfigNumberAsync("tls-port", cancellationToken);
        return port > 0
            ? Finding.Warn("not encrypted, across the network", "Events and passwords can be read on the way. The server speaks TLS too:", $"export STREAMGAUGE_REDIS=rediss://{endpoint.Host}:{port}")
            : Finding.Warn("not encrypted, across the network", "Events and passwords can be read on the way. With the server's certificate in place:", server.Repair.Config("tls-cert-file", "/etc/redis/tls/redis.crt", "tls-key-file", "/etc/redis/tls/redis.key", "tls-ca-cert-file", "/etc/redis/tls/ca.crt", "tls-port", "6380"));
    }

    private static bool IsLoopback(string address) => IPAddress.TryParse(address.TrimStart('-'), out var parsed) ? IPAddress.IsLoopback(parsed) : address is "localhost";

    private static string Password(Examination server) => $"PASSWORD=$(openssl rand -hex 32) && {server.Repair.Config("requirepass")} \"$PASSWORD\" && echo \"$PASSWORD\"";
}
