using System.Globalization;
using System.Text;
using Streamgauge.Events;

namespace Streamgauge.Views.Tests;

/// <summary>What a batch adds, computed the slow way: every event into every tier of every view, all its values kept.</summary>
internal sealed class NaiveFold(IReadOnlyList<ViewDefinition> views)
{
    private readonly Dictionary<(string View, string Tier, long StartMs, string Group), List<Sample>> _buckets = [];

    public int LateCount { get; private set; }

    public void Add(Sample sample)
    {
        foreach (var view in views)
        {
            if (view.Filter is { } filter && !filter.Matches(sample.Field)) continue;
            var values = view.GroupBy.Select(sample.Field).ToList();
            if (!view.KeepsAbsent && values.Contains(null)) continue;
            var group = string.Join(GroupKey.Separator, values.Select(value => value ?? ""));
            for (var t = 0; t < view.Tiers.Count; t++)
            {
                var tier = view.Tiers[t];
                var startMs = tier.Every is { } every ? sample.TimestampMs - (sample.TimestampMs % (long)every.TotalMilliseconds) : 0;
                if (tier.Every is { } length && startMs + (long)(length + tier.Retain).TotalMilliseconds <= sample.ArrivalMs)
                {
                    if (t == 0) LateCount++;
                    continue;
                }

                var key = (view.Name, tier.Name, startMs, group);
                if (!_buckets.TryGetValue(key, out var samples)) _buckets.Add(key, samples = []);
                samples.Add(sample);
            }
        }
    }

    public List<(string View, string Tier, long StartMs, string Group, ColumnKind Kind, string Field, string Cell)> Cells() =>
    [
        .. from bucket in _buckets
           let view = views.Single(view => view.Name == bucket.Key.View)
           from column in view.Columns
           select (bucket.Key.View, bucket.Key.Tier, bucket.Key.StartMs, bucket.Key.Group, column.Kind, column.Field, Cell(column, bucket.Value)),
    ];

    private static string Cell(ViewColumn column, List<Sample> samples)
    {
        var numbers = samples.Select(sample => Number(sample.Field(column.Field))).OfType<long>().ToList();
        return column.Kind switch
        {
            ColumnKind.Count => Text(samples.Count),
            ColumnKind.Values => numbers.Count == 0 ? "" : Text(numbers.Count),
            ColumnKind.Sum => Text(numbers.Sum()),
            ColumnKind.Min => numbers.Count == 0 ? "" : Text(numbers.Min()),
            ColumnKind.Max => numbers.Count == 0 ? "" : Text(numbers.Max()),
            ColumnKind.Registers => Registers(samples.Select(sample => sample.Field(column.Field)).OfType<string>()),
            ColumnKind.Histogram => string.Join(' ', numbers.GroupBy(LogHistogram.IndexOf).OrderBy(index => index.Key).Select(index => $"{Text(index.Key)} {Text(index.Count())}")),
            _ => throw new ArgumentOutOfRangeException(nameof(column)),
        };
    }

    private static string Registers(IEnumerable<string> values)
    {
        var ranks = values.Select(value => HyperLogLog.Locate(Encoding.UTF8.GetBytes(value))).GroupBy(place => place.Register, place => place.Rank).OrderBy(register => register.Key);
        return Convert.ToHexString([.. ranks.SelectMany(register => (byte[])[(byte)(register.Key >> 8), (byte)register.Key, register.Max()])]);
    }

    private static long? Number(string? text) => text is not null && FixedPoint.TryParse(Encoding.UTF8.GetBytes(text), out var micros) == EventFault.None ? micros : null;

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
