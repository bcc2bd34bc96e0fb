namespace Streamgauge.Resp;

/// <summary>One server's place in the network.</summary>
/// <param name="Name">Host name or address, IPv6 without brackets.</param>
/// <param name="Port">TCP port, 1 to 65535.</param>
public readonly record struct RedisHost(string Name, int Port)
{
    /// <summary>As addresses write it: <c>host:6379</c>, <c>[::1]:6379</c>.</summary>
    public override string ToString() => Name.Contains(':', StringComparison.Ordinal) ? $"[{Name}]:{Port}" : $"{Name}:{Port}";
}
