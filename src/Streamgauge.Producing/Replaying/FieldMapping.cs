using System.Text;
using Streamgauge.Events;

namespace Streamgauge.Producing;

/// <summary>Which source column or property fills which field of an event. The rules stand at <see cref="ReplayOptions.Map"/>.</summary>
internal sealed class FieldMapping
{
    private readonly List<(string Source, byte[] SourceUtf8, FieldTarget Target)> _mapped = [];
    private readonly List<(FieldTarget Target, byte[] Value)> _constants = [];
    private readonly bool _onlyMapped;

    private FieldMapping(bool onlyMapped) => _onlyMapped = onlyMapped;

    public IReadOnlyList<(FieldTarget Target, byte[] Value)> Constants => _constants;

    /// <summary>Reads the <c>field=column</c> and <c>field=value</c> pairs, adding what is wrong with them to <paramref name="problems"/>.</summary>
    public static FieldMapping Create(IEnumerable<string> maps, IEnumerable<string> sets, bool onlyMapped, List<string> problems)
    {
        var mapping = new FieldMapping(onlyMapped);
        foreach (var text in maps)
        {
            if (mapping.Split(nameof(ReplayOptions.Map), text, "field=column", problems) is not var (target, source)) continue;
            if (source.Length == 0) problems.Add($"{nameof(ReplayOptions.Map)} '{text}' names no column.");
            else mapping._mapped.Add((source, Encoding.UTF8.GetBytes(source), target));
        }

        foreach (var text in sets)
        {
            if (mapping.Split(nameof(ReplayOptions.Set), text, "field=value", problems) is not var (target, value)) continue;
            var utf8 = Encoding.UTF8.GetBytes(value);
            var fault = CheckConstant(target, utf8);
            if (fault != EventFault.None) problems.Add($"{nameof(ReplayOptions.Set)} '{text}' is no valid {Encoding.UTF8.GetString(target.Name)}: {fault.WireName()}.");
            else mapping._constants.Add((target, utf8));
        }

        return mapping;
    }

    /// <summary>What becomes of the source called <paramref name="name"/>.</summary>
    public FieldBinding Bind(ReadOnlySpan<byte> name)
    {
        var source = name.ToArray();
        FieldTarget[] targets = [.. _mapped.Where(m => m.SourceUtf8.AsSpan().SequenceEqual(source)).Select(m => m.Target)];
        if (targets.Length > 0) return new FieldBinding(source, targets, Collides: false);
        var own = FieldTarget.Of(name);
        if (_constants.Exists(c => c.Target.IsSameAs(own))) return new FieldBinding(source, [], Collides: false);
        if (_onlyMapped && own.Field == EventField.Extra) return new FieldBinding(source, [], Collides: false);
        var isTaken = _mapped.Exists(m => m.Target.IsSameAs(own));
        return new FieldBinding(source, isTaken ? [] : [own], Collides: isTaken && !_onlyMapped);
    }

    /// <summary>Mapped columns that <paramref name="columns"/> lacks.</summary>
    public IReadOnlyList<string> Missing(IReadOnlyCollection<string> columns) =>
        [.. _mapped.Select(m => m.Source).Where(s => !columns.Contains(s)).Distinct(StringComparer.Ordinal)];

    private (FieldTarget Target, string Right)? Split(string option, string text, string shape, List<string> problems)
    {
        var at = text.IndexOf('=', StringComparison.Ordinal);
        if (at <= 0)
        {
            problems.Add($"{option} '{text}' must have the shape {shape}.");
            return null;
        }

        var target = FieldTarget.Of(Encoding.UTF8.GetBytes(text[..at]));
        if (_mapped.Exists(m => m.Target.IsSameAs(target)) || _constants.Exists(c => c.Target.IsSameAs(target)))
        {
            problems.Add($"{option} '{text}': the field '{text[..at]}' is given twice.");
            return null;
        }

        return (target, text[(at + 1)..]);
    }

    private static EventFault CheckConstant(FieldTarget target, byte[] value) => target.Field switch
    {
        EventField.Value => FixedPoint.TryParse(value, out _),
        EventField.Timestamp => EventTime.TryParse(value, out _),
        EventField.Extra => EventValidator.CheckExtra(target.Name, value),
        _ => EventValidator.CheckName(value),
    };
}
