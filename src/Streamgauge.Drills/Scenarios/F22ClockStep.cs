using System.Globalization;

namespace Streamgauge.Drills;

internal sealed class F22ClockStep : Scenario
{
    private static readonly TimeSpan Ahead = TimeSpan.FromHours(1);

    public override string Id => "F22";

    public override string Title => "the clock steps: an entry carries an id from the future, an event a time from the future";

    public override string Promise => "ids keep rising and everything is counted; the event counts at its arrival and is reported";

    internal override async Task RunAsync(DrillRig rig, CancellationToken cancellationToken)
    {
        // As if Redis's clock had been an hour ahead for a moment: from here on it has stepped back, and ids go on from the future one.
        var connection = await rig.Probe.ConnectAsync(cancellationToken);
        var future = DateTimeOffset.UtcNow.Add(Ahead).ToUnixTimeMilliseconds();
        await AddAsync(string.Create(CultureInfo.InvariantCulture, $"{future}-0"), DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
        rig.Journal.Note("clock-step", $"an id {Ahead.TotalHours:0} h ahead");
        await Task.Delay(rig.Random.Next(300, 800), cancellationToken);

        await AddAsync("*", future + (long)Ahead.TotalMilliseconds);
        rig.Allowances.Books["clamped"] = 1;
        rig.Journal.Note("clock-step", "an event from the future");
        await rig.RecoverAsync("clock-step", cancellationToken);

        async Task AddAsync(string id, long timestampMs)
        {
            var number = rig.Ledger.Begin();
            await connection.ExecuteAsync(PlainEvent.Command(rig.Keys.Stream, id, number, timestampMs), ct: cancellationToken);
            rig.Ledger.Settle(number, Outcome.Ok);
        }
    }
}
