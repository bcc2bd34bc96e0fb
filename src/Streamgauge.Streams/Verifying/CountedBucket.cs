using System.Globalization;
using System.Text;
using Streamgauge.Resp;
using Streamgauge.Views;

namespace Streamgauge.Streams;

/// <summary>What a bucket must hold, counted again from the stream: stored fields and their values.</summary>
internal sealed class CountedBucket(ViewDefinition view)
{
    private readonly Dictionary<string, Int128> _numbers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HyperLogLog> _registers = new(StringComparer.Ordinal);
    private readonly HashSet<string> _groups = new(StringComparer.Ordinal);

    /// <summary>Counters it holds.</summary>
    public int Count => _numbers.Count + _registers.Count;

    /// <summary>Adds what a batch adds to a group's column, in the form the commit takes it.</summary>
    public void Add(string group, ViewColumn column, ReadOnlySpan<byte> cell)
    {
        if (column.Kind == ColumnKind.Count) _groups.Add(group);
        if (cell.IsEmpty) return;
        var field = column.FieldOf(group);
        switch (column.Kind)
        {
            case ColumnKind.Registers:
                if (!_registers.TryGetValue(field, out var registers)) _registers.Add(field, registers = new HyperLogLog());
                for (var at = 0; at < cell.Length; at += 3) registers.Add((cell[at] << 8) | cell[at + 1], cell[at + 2]);
                break;
            case ColumnKind.Histogram:
                var words = Encoding.UTF8.GetString(cell).Split(' ');
                for (var i = 0; i + 1 < words.Length; i += 2) Sum($"{column.Prefix}{words[i]}:{group}{column.Suffix}", Number(words[i + 1]));
                break;
            case ColumnKind.Min or ColumnKind.Max:
                var number = Number(Encoding.UTF8.GetString(cell));
                if (!_numbers.TryGetValue(field, out var known) || (column.Kind == ColumnKind.Min ? number < known : number > known)) _numbers[field] = number;
                break;
            default:
                Sum(field, Number(Encoding.UTF8.GetString(cell)));
                break;
        }
    }

    /// <summary>Where the stored fields differ.</summary>
    /// <param name="bucket">Its name, for the report.</param>
    /// <param name="owned">Whether every stored field belongs to this view; the built-in views of all time share a hash.</param>
    public IEnumerable<Drift> Compare(string bucket, IReadOnlyList<RespValue> stored, bool owned)
    {
        var fields = StoredFields.ByName(stored);

        // Which groups went beyond the budget depends on the order of arrival; what all groups hold together does not.
        if (_groups.Count > view.GroupsMax || fields.ContainsKey(view.Columns[0].FieldOf(GroupKey.Other))) return CompareCounts(bucket, fields);
        return CompareFields(bucket, fields, owned);
    }

    private IEnumerable<Drift> CompareFields(string bucket, Dictionary<string, RespValue> fields, bool owned)
    {
        foreach (var (field, expected) in _numbers)
        {
            var found = fields.TryGetValue(field, out var value) ? value.AsText() : null;
            if (found != expected.ToString(CultureInfo.InvariantCulture)) yield return new Drift(bucket, field, expected.ToString(CultureInfo.InvariantCulture), found);
        }

        foreach (var (field, registers) in _registers)
        {
            var found = fields.TryGetValue(field, out var value) ? value.AsBytes() : default;
            if (!found.Span.SequenceEqual(registers.ToStored())) yield return new Drift(bucket, field, $"{registers.Estimate()} different values", found.IsEmpty ? null : "other registers");
        }

        foreach (var (field, value) in fields)
        {
            var isOurs = owned ? field is not ("groups" or "hidden" or "continued") : view.Columns.Any(column => column.GroupOf(field) is { } group && (group.Length > 0 || view.GroupBy.Count == 0));
            if (isOurs && !_numbers.ContainsKey(field) && !_registers.ContainsKey(field)) yield return new Drift(bucket, field, Expected: null, value.AsText());
        }
    }

    private IEnumerable<Drift> CompareCounts(string bucket, Dictionary<string, RespValue> fields)
    {
        var count = view.Columns[0];
        Int128 expected = 0, found = 0;
        foreach (var group in _groups) expected += _numbers[count.FieldOf(group)];
        foreach (var (field, value) in fields)
        {
            if (count.GroupOf(field) is not null && long.TryParse(value.AsText(), out var number)) found += number;
        }

        if (expected != found) yield return new Drift(bucket, "all groups together", expected.ToString(CultureInfo.InvariantCulture), found.ToString(CultureInfo.InvariantCulture));
    }

    private void Sum(string field, Int128 by) => _numbers[field] = _numbers.GetValueOrDefault(field) + by;

    private static Int128 Number(string text) => Int128.Parse(text, CultureInfo.InvariantCulture);
}

/// <summary>A stored counter that is not what the stream gives.</summary>
/// <param name="Bucket">Name of the bucket: <c>aggregates</c>, <c>sales.1:1m:1763805600000</c>.</param>
/// <param name="Expected">As counted again; null when there should be none.</param>
/// <param name="Found">As stored; null when there is none.</param>
public sealed record Drift(string Bucket, string Counter, string? Expected, string? Found);
