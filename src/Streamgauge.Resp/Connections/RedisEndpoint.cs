using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Streamgauge.Resp;

/// <summary>Where to connect and as whom.</summary>
/// <remarks>
/// Shapes: <c>redis://[user:password@]host[:port][/db]</c>, <c>rediss://</c> for TLS, <c>unix://[user:password@]/path/to.sock[?db=0]</c>;
/// where the server is to be found first, <c>redis+sentinel://[user:password@]host[:port],host…/master[/db]</c> and
/// <c>redis+cluster://[user:password@]host[:port],host…</c>, with TLS <c>rediss+sentinel://</c> and <c>rediss+cluster://</c>.
/// User and password are percent-decoded; <c>:password@</c> means the default user, <c>user:@</c> that the password comes from elsewhere.
/// <see cref="ToString"/> never shows the password.
/// </remarks>
public sealed partial record RedisEndpoint
{
    /// <summary>Redis' own port.</summary>
    public const int DefaultPort = 6379;

    /// <summary>Name or address; null for a Unix socket.</summary>
    public string? Host { get; init; }

    /// <summary>TCP port, 1 to 65535. Default 6379.</summary>
    public int Port { get; init; } = DefaultPort;

    /// <summary>Path of a Unix domain socket; null for TCP.</summary>
    public string? SocketPath { get; init; }

    /// <summary>True for <c>rediss://</c>.</summary>
    public bool UseTls { get; init; }

    /// <summary>ACL user; null for the default user.</summary>
    public string? User { get; init; }

    /// <summary>Password; null to connect without one, or with that of <see cref="PasswordFile"/>.</summary>
    public string? Password { get; init; }

    /// <summary>File whose first line is the password, read anew at each connect, so that a changed secret needs no restart; null for none.</summary>
    public string? PasswordFile { get; init; }

    /// <summary>Database to SELECT, 0 or more. Default 0.</summary>
    public int Database { get; init; }

    /// <summary>The servers to find the right one among, each time somebody connects; null when the address names its server. Two of them are equal only when they are the same object.</summary>
    public RedisTopology? Topology { get; init; }

    /// <summary>Password of the sentinels themselves, which is not that of the servers they watch; null to ask them without one.</summary>
    public string? SentinelPassword { get; init; }

    /// <summary>The same as <see cref="PasswordFile"/>, for the sentinels.</summary>
    public string? SentinelPasswordFile { get; init; }

    /// <summary>The key whose server is meant, in a cluster. Other keys can be used when they share its slot: by a hash tag.</summary>
    public string? RoutingKey { get; init; }

    /// <summary>The address with the password masked, fit for logs and messages.</summary>
    public override string ToString() => Write(Password is null ? null : "***");

    /// <summary>The address as <see cref="Parse"/> reads it, password included: for the environment of a child process, for nothing that people read.</summary>
    public string ToSecretString() => Write(Password is null ? null : Uri.EscapeDataString(Password));

    /// <summary>Reads an address.</summary>
    /// <exception cref="FormatException">The address is not one; the message is the problem <see cref="TryParse"/> names.</exception>
    public static RedisEndpoint Parse(string text) => TryParse(text, out var endpoint, out var problem) ? endpoint : throw new FormatException(problem);

    /// <summary>Reads an address.</summary>
    /// <param name="text">The address as the user wrote it.</param>
    /// <param name="endpoint">The endpoint, when true is returned.</param>
    /// <param name="problem">What is wrong, why and the remedy in one sentence, without the password, when false is returned.</param>
    public static bool TryParse(string? text, [NotNullWhen(true)] out RedisEndpoint? endpoint, [NotNullWhen(false)] out string? problem)
    {
        endpoint = null;
        problem = Read(text?.Trim() ?? "", ref endpoint);
        if (problem is not null) endpoint = null;
        return problem is null && endpoint is not null;
    }

    private string Write(string? password)
    {
        var text = new StringBuilder(SocketPath is not null ? "unix" : UseTls ? "rediss" : "redis");
        text.Append(Topology is null ? "" : "+" + Topology.Scheme).Append("://");
        if (User is not null || password is not null) text.Append(User is null ? "" : Uri.EscapeDataString(User)).Append($":{password}@");
        if (SocketPath is not null) return text.Append(SocketPath).Append(Database == 0 ? "" : $"?db={Database}").ToString();

        if (Topology is null) text.Append(new RedisHost(Host ?? "", Port));
        else text.AppendJoin(',', Topology.Seeds);
        if (Topology is SentinelTopology sentinels) text.Append('/').Append(sentinels.MasterName);
        return text.Append(Database == 0 ? "" : $"/{Database}").ToString();
    }
}
