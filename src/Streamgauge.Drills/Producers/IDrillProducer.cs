namespace Streamgauge.Drills;

/// <summary>Sends events of a drill and notes in the ledger what it hears of them.</summary>
internal interface IDrillProducer : IAsyncDisposable
{
    /// <summary>The network it sends over.</summary>
    Link Link { get; }

    /// <summary>Sends at its rate until stopped.</summary>
    Task RunAsync(CancellationToken stopping);

    /// <summary>Waits until what was sent by now is answered, however long its producer goes on trying.</summary>
    Task SettleAsync(CancellationToken cancellationToken);

    /// <summary>Waits, within a bound, for what was sent and not answered yet.</summary>
    Task FinishAsync(TimeSpan bound);
}
