using System.Text;
using Streamgauge.Resp;

namespace Streamgauge.Drills;

/// <summary>Writes addresses of servers anew in what servers tell one client, so that it goes on over its own <see cref="Link"/> wherever it is sent.</summary>
/// <remarks>
/// Sentinels and clusters tell an address in three ways: <c>$9\r\n127.0.0.1\r\n$5\r\n40123\r\n</c> (SENTINEL …), <c>$9\r\n127.0.0.1\r\n:40123\r\n</c> (CLUSTER SLOTS)
/// and <c>127.0.0.1:40123</c> (MOVED, ASK). Old and new port have five digits, so a reply keeps its length and nothing else of it is touched. Each
/// pattern begins with the address, which no event of a drill contains. A reply cut just there by the network leads past the link: a fault may miss, nothing is broken by it.
/// </remarks>
internal sealed class AddressBook
{
    private const string Loopback = "127.0.0.1";
    private static readonly string[] Shapes = [$"{Loopback}\r\n$5\r\n#\r\n", $"{Loopback}\r\n:#\r\n", $"{Loopback}:#"];
    private static readonly byte[] Sign = Encoding.ASCII.GetBytes(Loopback);
    private readonly List<(string Told, string Heard)> _names = [];
    private readonly List<(byte[] Told, byte[] Heard)> _patterns = [];

    public AddressBook(IReadOnlyList<Door> doors)
    {
        foreach (var door in doors)
        {
            if (door.Server.Name is not { } name) continue;
            var (told, heard) = ($"{name.Port}", $"{door.Host.Port}");
            if (told.Length != 5 || heard.Length != 5) throw new DrillException($"A drill with several servers needs ports of five digits, and got {told} and {heard}: set net.ipv4.ip_local_port_range to begin at 10000 or above.");
            _names.Add(($"{name}", $"{door.Host}"));
            foreach (var shape in Shapes) _patterns.Add((Encoding.ASCII.GetBytes(shape.Replace("#", told, StringComparison.Ordinal)), Encoding.ASCII.GetBytes(shape.Replace("#", heard, StringComparison.Ordinal))));
        }
    }

    /// <summary>An address as the client has to write it.</summary>
    public RedisEndpoint Translate(RedisEndpoint address)
    {
        var text = string.Join(',', address.ToSecretString().Split(',').Select(Translate));
        return RedisEndpoint.Parse(text) with { RoutingKey = address.RoutingKey };
    }

    // redis+sentinel://host / host / host/name, between the commas
    private string Translate(string part) => _names.FirstOrDefault(name => part.EndsWith(name.Told, StringComparison.Ordinal) || part.Contains(name.Told + "/", StringComparison.Ordinal)) is ({ } told, var heard)
        ? part.Replace(told, heard, StringComparison.Ordinal)
        : part;

    /// <summary>A reply as the client is to hear it, in place.</summary>
    public void Translate(Span<byte> reply)
    {
        if (_patterns.Count == 0 || reply.IndexOf(Sign) < 0) return;

        // Found in what was told, written into a copy: or a port written anew could be taken for another server's.
        var told = reply.ToArray();
        foreach (var (pattern, heard) in _patterns)
        {
            for (int from = 0, at; (at = told.AsSpan(from).IndexOf(pattern)) >= 0; from += at + pattern.Length) heard.CopyTo(reply[(from + at)..]);
        }
    }
}
