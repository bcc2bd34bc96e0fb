using System.Diagnostics.Metrics;

namespace Streamgauge.Serving;

/// <summary>The instruments of live streams.</summary>
internal sealed class LiveMetrics
{
    private readonly Counter<long> _events;
    private readonly Counter<long> _forced;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _dropped;

    public LiveMetrics(IMeterFactory meters, LiveClients clients)
    {
        var meter = meters.Create(ServingMetrics.MeterName);
        meter.CreateObservableGauge("live.clients", () => (long)clients.Count, "{client}", "Clients that follow a view.");
        _events = meter.CreateCounter<long>("live.events", "{event}", "Events sent to clients that follow a view, by kind.");
        _forced = meter.CreateCounter<long>("live.snapshots.forced", "{event}", "Snapshots sent in place of a delta, by reason.");
        _refused = meter.CreateCounter<long>("live.refused", "{client}", "Clients turned away because there were as many as allowed.");
        _dropped = meter.CreateCounter<long>("live.dropped", "{client}", "Clients dropped because they did not take an event in time.");
        foreach (var kind in LiveEvent.Kinds) _events.Add(0, Tag("event", kind));
        foreach (var reason in ForcedBy.Reasons) _forced.Add(0, Tag("reason", reason));
    }

    public void Sent(string kind) => _events.Add(1, Tag("event", kind));

    public void Forced(string reason) => _forced.Add(1, Tag("reason", reason));

    public void Refused() => _refused.Add(1);

    public void Dropped() => _dropped.Add(1);

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);
}

/// <summary>Why a client gets a whole answer where a delta would be due.</summary>
internal static class ForcedBy
{
    /// <summary>It took longer over the last event than it may.</summary>
    public const string Slow = "slow";

    /// <summary>Other groups have series of their own now.</summary>
    public const string Groups = "groups";

    /// <summary>The view was declared anew, or Redis lost state.</summary>
    public const string View = "view";

    public static readonly string[] Reasons = [Slow, Groups, View];
}
