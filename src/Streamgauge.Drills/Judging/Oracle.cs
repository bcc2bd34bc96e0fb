using System.Globalization;

namespace Streamgauge.Drills;

/// <summary>Compares what was heard of every single event with how often it was counted, and the counters with the sum of those.</summary>
internal sealed class Oracle
{
    private const int ShownMax = 5;
    private readonly Dictionary<string, long> _expected = new(StringComparer.Ordinal);
    private readonly List<string> _findings = [];
    private readonly Dictionary<string, int> _shown = new(StringComparer.Ordinal);

    private Oracle(Tally tally) => Tally = tally;

    /// <summary>Violations of I1.</summary>
    public IReadOnlyList<string> Findings => _findings;

    public Tally Tally { get; private set; }

    public static Oracle Compare(EventLedger ledger, WitnessCounts counted, Allowances allowances)
    {
        var oracle = new Oracle(new Tally
        {
            Sent = ledger.Count,
            Ok = ledger.CountOf(Outcome.Ok),
            Rejected = ledger.CountOf(Outcome.Rejected),
            Unknown = ledger.CountOf(Outcome.Unknown),
            Late = counted.Books.GetValueOrDefault("late"),
            DeadLettered = counted.Books.GetValueOrDefault("dead_entries") + counted.Books.GetValueOrDefault("dead_events"),
        });
        var seen = 0;
        for (var number = 0; number < ledger.Count; number++)
        {
            var id = DrillEvent.IdOf(number);
            var line = ledger[number];
            var times = counted.Events.GetValueOrDefault(id);
            if (times > 0) seen++;
            oracle.Expect(number, times);
            oracle.Judge(number, line, times, allowances);
        }

        oracle.JudgeStrangers(counted.Events.Count - seen);
        oracle.CompareCounters(counted);
        return oracle;
    }

    private void Judge(int number, EventLedger.Line line, long times, Allowances allowances)
    {
        var id = DrillEvent.IdOf(number);
        if (times > 1)
        {
            Tally = Tally with { Doubled = Tally.Doubled + 1 };
            Find("doubled", $"{id} was counted {times} times ({line.Outcome})");
        }

        switch (line.Outcome)
        {
            case Outcome.Ok when times == 0 && allowances.MayBeLost(number, line.SettledAt):
                Tally = Tally with { LostWithinWindow = Tally.LostWithinWindow + 1 };
                break;
            case Outcome.Ok when times == 0:
                Tally = Tally with { Lost = Tally.Lost + 1 };
                Find("lost", $"{id} was acknowledged and is not counted");
                break;
            case Outcome.Rejected when times > 0:
                Tally = Tally with { Phantoms = Tally.Phantoms + 1 };
                Find("phantoms", $"{id} was rejected and is counted");
                break;
            case Outcome.Unknown when times > 0:
                Tally = Tally with { UnknownCounted = Tally.UnknownCounted + 1 };
                break;
        }
    }

    private void JudgeStrangers(int count)
    {
        if (count == 0) return;
        Tally = Tally with { Phantoms = Tally.Phantoms + count };
        Find("phantoms", $"{count:N0} events are counted that were never sent");
    }

    private void Expect(int number, long times)
    {
        if (times == 0) return;
        var made = DrillEvent.Of(number);
        Add("total_count", times);
        Add($"type:{made.EventType}:count", times);
        if (made.Product is not null) Add($"product:{made.Product}:count", times);
        if (made.ValueMicros is not { } micros) return;
        Add("total_value_micros", times * micros);
        Add($"type:{made.EventType}:value_micros", times * micros);
    }

    private void Add(string counter, long by) => _expected[counter] = _expected.GetValueOrDefault(counter) + by;

    private void CompareCounters(WitnessCounts counted)
    {
        foreach (var name in _expected.Keys.Union(counted.Counters.Keys).Order(StringComparer.Ordinal))
        {
            var (expected, found) = (_expected.GetValueOrDefault(name), counted.Counters.GetValueOrDefault(name));
            if (expected != found) Find("counters", string.Create(CultureInfo.InvariantCulture, $"{name} is {found}, the events counted give {expected}"));
        }
    }

    // A broken promise shows in thousands of events; a few of each kind tell as much.
    private void Find(string kind, string finding)
    {
        var shown = _shown[kind] = _shown.GetValueOrDefault(kind) + 1;
        if (shown <= ShownMax) _findings.Add(finding);
        else if (shown == ShownMax + 1) _findings.Add($"… and more {kind}");
    }
}
