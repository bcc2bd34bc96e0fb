using System.Net;
using System.Net.Sockets;

namespace Streamgauge.Drills;

/// <summary>TCP ports of 127.0.0.1 for servers that are to come back at the same place after they were killed.</summary>
/// <remarks>Below those that the kernel gives to outgoing connections, or one of them could sit there meanwhile; with five digits, see <see cref="AddressBook"/>.</remarks>
internal static class FreePorts
{
    private const int PortMin = 10_000;
    private const int PortMax = 32_767;
    private const int TriesMax = 100;

    /// <exception cref="DrillException">None was found.</exception>
    public static int Take()
    {
        for (var i = 0; i < TriesMax; i++)
        {
            var port = Random.Shared.Next(PortMin, PortMax + 1);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // somebody listens there
            }
        }

        throw new DrillException($"No free TCP port from {PortMin} to {PortMax} was found in {TriesMax} tries.");
    }
}
