using System.Diagnostics.Metrics;

namespace Streamgauge.Streams;

/// <summary>The conditions of all workers, senders or readers of one role in this process.</summary>
public sealed class ConditionMetrics
{
    private readonly string _role;
    private readonly Counter<long> _met;
    private readonly List<ConditionWatch> _watches = [];

    /// <param name="meter">The role's own.</param>
    /// <param name="role">Value of the label <c>role</c>.</param>
    public ConditionMetrics(Meter meter, string role)
    {
        _role = role;
        _met = meter.CreateCounter<long>("redis.conditions", "{condition}", "Conditions of Redis and of the group that were met, by name.");
        meter.CreateObservableGauge("redis.condition.age", ReadAges, "s", "How long a condition has held, 0 while it does not.");
        foreach (var condition in Conditions.All) _met.Add(0, Role, Name(condition));
    }

    private KeyValuePair<string, object?> Role => new("role", _role);

    internal void Add(ConditionWatch watch)
    {
        lock (_watches) _watches.Add(watch);
    }

    internal void Remove(ConditionWatch watch)
    {
        lock (_watches) _watches.Remove(watch);
    }

    internal void Met(Condition condition) => _met.Add(1, Role, Name(condition));

    private List<Measurement<double>> ReadAges()
    {
        var ages = new Dictionary<Condition, double>();
        lock (_watches)
        {
            foreach (var (condition, age) in _watches.SelectMany(watch => watch.ReadAges())) ages[condition] = Math.Max(age, ages.GetValueOrDefault(condition));
        }

        // Damage is done at one moment; only a drift lasts.
        return [.. Conditions.All.Where(condition => condition.Kind != ConditionKind.Damage || condition == Conditions.Drift)
            .Select(condition => new Measurement<double>(ages.GetValueOrDefault(condition), Role, Name(condition)))];
    }

    private static KeyValuePair<string, object?> Name(Condition condition) => new("condition", condition.Name);
}
