using System.Text;
using Streamgauge.Resp;

namespace Streamgauge.Drills.Tests;

/// <summary>A client of several servers stays on its own network, wherever they send it.</summary>
public sealed class AddressBookTests : IDisposable
{
    private readonly Door[] _doors = [Open(11_111), Open(22_222)];
    private readonly AddressBook _addresses;

    public AddressBookTests() => _addresses = new AddressBook(_doors);

    [Theory]
    [InlineData("*2\r\n$9\r\n127.0.0.1\r\n$5\r\n11111\r\n")]
    [InlineData("*4\r\n$9\r\n127.0.0.1\r\n:11111\r\n$2\r\nid\r\n*0\r\n*4\r\n$9\r\n127.0.0.1\r\n:22222\r\n$2\r\nid\r\n*0\r\n")]
    [InlineData("-MOVED 7365 127.0.0.1:22222\r\n")]
    public void Each_way_of_telling_a_server_is_heard_as_the_clients_own_door_to_it(string told) =>
        Assert.Equal(told.Replace("11111", Port(0), StringComparison.Ordinal).Replace("22222", Port(1), StringComparison.Ordinal), Hear(told));

    [Theory]
    [InlineData(":11111\r\n")]
    [InlineData("$5\r\n11111\r\n")]
    [InlineData("*2\r\n$9\r\n127.0.0.1\r\n:33333\r\n")]
    public void Numbers_that_are_no_address_of_a_server_stay(string told) => Assert.Equal(told, Hear(told));

    [Theory]
    [InlineData("redis+sentinel://127.0.0.1:11111,127.0.0.1:22222/drill")]
    [InlineData("redis+cluster://127.0.0.1:11111,127.0.0.1:22222")]
    public void An_address_of_several_servers_names_their_doors(string address)
    {
        var heard = _addresses.Translate(RedisEndpoint.Parse(address) with { RoutingKey = "events" });
        Assert.Equal([_doors[0].Host, _doors[1].Host], heard.Topology!.Seeds);
        Assert.Equal("events", heard.RoutingKey);
    }

    public void Dispose()
    {
        foreach (var door in _doors) door.Listener.Dispose();
    }

    private static Door Open(int port) => new(new ServerNode(new RedisEndpoint { Host = "127.0.0.1", Port = port }, new RedisHost("127.0.0.1", port)));

    private string Port(int door) => $"{_doors[door].Host.Port}";

    private string Hear(string told)
    {
        var reply = Encoding.ASCII.GetBytes(told);
        _addresses.Translate(reply);
        return Encoding.ASCII.GetString(reply);
    }
}
