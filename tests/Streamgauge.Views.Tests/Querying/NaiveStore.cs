using System.Text;

namespace Streamgauge.Views.Tests;

/// <summary>An event as tests see it.</summary>
internal sealed record Fact(long TimestampMs, string? Product, string? Country, string? User, long? Micros)
{
    public string? Field(string name) => name switch { "product" => Product, "country" => Country, _ => null };
}

/// <summary>A filter of a function, so that these tests do not need the language of filters.</summary>
internal sealed class FilterOf(string[] fields, Func<Func<string, string?>, bool> matches) : EventFilter
{
    public override string Text => "test";

    public override IReadOnlyList<string> Fields => fields;

    public override void Apply(Streamgauge.Events.EventBatch batch, Span<bool> passes) => throw new NotSupportedException();

    public override bool Matches(Func<string, string?> field) => matches(field);
}

/// <summary>Counts facts into stored fields, one after the other, and reads them back as buckets.</summary>
internal sealed class NaiveStore
{
    public static readonly Measure[] AllMeasures =
    [
        Measure.Count, new(MeasureKind.Sum, "value"), new(MeasureKind.Min, "value"), new(MeasureKind.Max, "value"),
        new(MeasureKind.Average, "value"), new(MeasureKind.Unique, "user_id"), new(MeasureKind.Quantiles, "value"),
    ];

    private readonly Dictionary<(string Tier, long StartMs), BucketContent> _buckets = [];

    public NaiveStore(ViewDefinition view, IReadOnlyList<Fact> facts)
    {
        var builder = new BucketBuilder(view);
        foreach (var tier in view.Tiers)
        {
            foreach (var bucket in facts.GroupBy(fact => tier.BucketStartMs(fact.TimestampMs)))
            {
                Count(view, bucket, builder);
                _buckets.Add((tier.Name, bucket.Key), builder.Build(RevisionOf(tier, bucket.Key)));
            }
        }
    }

    public static long RevisionOf(Tier tier, long startMs) => tier.EveryMs == 0 ? 7 : startMs / tier.EveryMs % 1_000;

    public Func<long, BucketContent?> At(QueryPlan plan) => startMs => _buckets.GetValueOrDefault((plan.Tier.Name, startMs));

    private static void Count(ViewDefinition view, IEnumerable<Fact> facts, BucketBuilder builder)
    {
        var numbers = new Dictionary<string, long>();
        var registers = new Dictionary<string, HyperLogLog>();
        var groups = new HashSet<string>();
        foreach (var fact in facts)
        {
            var group = string.Join(GroupKey.Separator, view.GroupBy.Select(field => fact.Field(field) ?? ""));
            if (!groups.Contains(group) && !(groups.Count < view.GroupsMax && groups.Add(group)))
            {
                Register("hidden", group);
                group = GroupKey.Other;
            }

            numbers[$"count:{group}"] = numbers.GetValueOrDefault($"count:{group}") + 1;
            if (fact.User is { } user) Register($"unique(user_id):{group}", user);
            if (fact.Micros is not { } micros) continue;
            numbers[$"values(value):{group}"] = numbers.GetValueOrDefault($"values(value):{group}") + 1;
            numbers[$"sum(value):{group}"] = numbers.GetValueOrDefault($"sum(value):{group}") + micros;
            numbers[$"min(value):{group}"] = Math.Min(numbers.GetValueOrDefault($"min(value):{group}", long.MaxValue), micros);
            numbers[$"max(value):{group}"] = Math.Max(numbers.GetValueOrDefault($"max(value):{group}", long.MinValue), micros);
            var cell = $"quantiles(value)/{LogHistogram.IndexOf(micros)}:{group}";
            numbers[cell] = numbers.GetValueOrDefault(cell) + 1;
        }

        numbers["groups"] = groups.Count;
        foreach (var (field, number) in numbers) builder.Add(Encoding.UTF8.GetBytes(field), Encoding.UTF8.GetBytes(number.ToString()));
        foreach (var (field, sketch) in registers) builder.Add(Encoding.UTF8.GetBytes(field), sketch.ToStored());

        void Register(string field, string value)
        {
            if (!registers.TryGetValue(field, out var sketch)) registers[field] = sketch = new HyperLogLog();
            var (register, rank) = HyperLogLog.Locate(Encoding.UTF8.GetBytes(value));
            sketch.Add(register, rank);
        }
    }
}
