using System.Text;
using Streamgauge.Events;

namespace Streamgauge.Tests.System;

/// <summary>Every counter by the name it has in Redis, kept the naive way: one dictionary, one event at a time.</summary>
internal sealed class Counters
{
    private readonly Dictionary<string, long> _values = new(StringComparer.Ordinal);

    public long this[string name] => _values.GetValueOrDefault(name);

    /// <summary>Names that begin so, for counting distinct groups.</summary>
    public int CountOf(string prefix, string suffix) =>
        _values.Keys.Count(name => name.StartsWith(prefix, StringComparison.Ordinal) && name.EndsWith(suffix, StringComparison.Ordinal));

    public void Add(in EventFields fields) => Add(
        Text(fields.EventType)!, Text(fields.Product), Text(fields.SessionId), fields.HasValue ? fields.ValueMicros : 0);

    public void Add(string type, string? product, string? session, long valueMicros, long times = 1)
    {
        Add("total_count", times);
        Add("total_value_micros", valueMicros * times);
        Add($"type:{type}:count", times);
        Add($"type:{type}:value_micros", valueMicros * times);
        if (product is not null) Add($"product:{product}:count", times);
        if (session is not null) Add($"session:{session}:events", times);
    }

    public void Add(string name, long amount)
    {
        // A counter that is 0 and one that is not there are the same.
        var sum = this[name] + amount;
        if (sum == 0) _values.Remove(name);
        else _values[name] = sum;
    }

    /// <summary>Adds all counters of another load.</summary>
    public void Add(Counters other)
    {
        foreach (var (name, amount) in other._values) Add(name, amount);
    }

    /// <summary>One line for each counter that differs; empty when all agree.</summary>
    public IReadOnlyList<string> DifferencesTo(Counters actual) =>
    [
        .. _values.Keys.Union(actual._values.Keys).Where(name => this[name] != actual[name]).Order(StringComparer.Ordinal)
            .Select(name => $"{name}: expected {this[name]}, was {actual[name]}"),
    ];

    private static string? Text(ReadOnlySpan<byte> utf8) => utf8.IsEmpty ? null : Encoding.UTF8.GetString(utf8);
}
