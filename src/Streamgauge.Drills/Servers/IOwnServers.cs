namespace Streamgauge.Drills;

/// <summary>Private servers, which may be broken.</summary>
internal interface IOwnServers : IServer
{
    /// <summary>The server that takes the drill's writes now.</summary>
    /// <exception cref="DrillException">Nobody knows.</exception>
    Task<OwnServer> MasterAsync(CancellationToken cancellationToken);

    /// <summary>Starts a server that was killed over what it left, and puts it into the place it has among the others by now.</summary>
    Task StartAgainAsync(OwnServer server, CancellationToken cancellationToken);

    /// <summary>Ends everything that was done to servers and to the network between them.</summary>
    Task HealAsync(CancellationToken cancellationToken);
}
