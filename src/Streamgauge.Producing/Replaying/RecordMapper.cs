using System.Runtime.InteropServices;
using System.Text;
using Streamgauge.Events;

namespace Streamgauge.Producing;

/// <summary>Turns records into events. Allocates only when a property appears that did not stand at that place before; not thread-safe.</summary>
internal sealed class RecordMapper(FieldMapping mapping, DerivedEventId derivedId)
{
    private readonly List<FieldBinding> _bindings = [];
    private readonly ExtraFields _extra = new();
    private bool _hasHeader;

    /// <summary>Takes the header row: from here on, fields are known by their place.</summary>
    /// <returns>What is wrong with it, for people; null if nothing is.</returns>
    public string? BindHeader(RecordFields header)
    {
        _hasHeader = true;
        var names = new List<string>(header.Count);
        for (var i = 0; i < header.Count; i++)
        {
            // A column without a name, as an exported index has it, is called by its place.
            var name = header.Value(i).IsEmpty ? $"column_{i + 1}" : Encoding.UTF8.GetString(header.Value(i));
            if (names.Contains(name)) return $"The column '{name}' appears twice.";
            names.Add(name);
        }

        var missing = mapping.Missing(names);
        if (missing.Count > 0) return $"No column '{string.Join("', '", missing)}'; the file has: {string.Join(", ", names)}.";
        foreach (var name in names)
        {
            _bindings.Add(mapping.Bind(Encoding.UTF8.GetBytes(name)));
            if (_bindings[^1].Collides) return $"The column '{name}' bears the name of a field that another column is mapped to; map it to another name, or take only mapped columns.";
        }

        var targets = _bindings.SelectMany(binding => binding.Targets).Concat(mapping.Constants.Select(constant => constant.Target));
        return targets.Any(target => target.Field == EventField.EventType) ? null
            : $"No column fills event_type, which every event needs: map one (event_type=COLUMN) or set it (event_type=NAME); the file has: {string.Join(", ", names)}.";
    }

    /// <summary>Fills <paramref name="fields"/> with spans that hold until the next record is read.</summary>
    /// <param name="line">Of the record, for ids of events that have none.</param>
    /// <param name="nowMs">Time of events that have none, Unix milliseconds.</param>
    /// <param name="hasTime">Whether the event brought its own time.</param>
    public MapResult Map(RecordFields record, long line, long nowMs, ref EventFields fields, out bool hasTime)
    {
        fields = default;
        hasTime = false;
        _extra.Clear();
        if (_hasHeader && record.Count != _bindings.Count) return new MapResult(EventFault.None, RecordFault.ColumnCount, -1);
        for (var i = 0; i < record.Count; i++)
        {
            var binding = _hasHeader ? _bindings[i] : BindingOf(record, i);
            if (binding.Collides) return new MapResult(EventFault.None, RecordFault.DuplicateField, i);
            var value = record.Value(i);
            if (value.IsEmpty) continue;
            foreach (var target in binding.Targets)
            {
                var fault = Assign(target, value, ref fields, ref hasTime);
                if (fault != EventFault.None) return new MapResult(fault, RecordFault.None, i);
            }
        }

        foreach (var (target, value) in mapping.Constants) Assign(target, value, ref fields, ref hasTime);
        if (!hasTime) fields.TimestampMs = nowMs;
        if (fields.EventId.IsEmpty) fields.EventId = derivedId.Of(record.Raw, line);
        if (_extra.Count > 0) fields.Extra = _extra;
        var check = EventValidator.Check(fields);
        return check == EventFault.None ? default : new MapResult(check, RecordFault.None, FindFault(record));
    }

    private EventFault Assign(FieldTarget target, ReadOnlySpan<byte> value, ref EventFields fields, ref bool hasTime)
    {
        switch (target.Field)
        {
            case EventField.EventId: fields.EventId = value; break;
            case EventField.UserId: fields.UserId = value; break;
            case EventField.EventType: fields.EventType = value; break;
            case EventField.Product: fields.Product = value; break;
            case EventField.SessionId: fields.SessionId = value; break;
            case EventField.Value:
                fields.HasValue = true;
                return FixedPoint.TryParse(value, out fields.ValueMicros);
            case EventField.Timestamp:
                hasTime = true;
                return EventTime.TryParse(value, out fields.TimestampMs);
            default:
                _extra.Add(target.Name, value);
                break;
        }

        return EventFault.None;
    }

    // Records of one file mostly have the same properties in the same order, so the place is a cache that nearly always hits.
    private FieldBinding BindingOf(RecordFields record, int index)
    {
        var name = record.Name(index);
        if (index < _bindings.Count && name.SequenceEqual(_bindings[index].Source)) return _bindings[index];
        var binding = mapping.Bind(name);
        if (index < _bindings.Count) _bindings[index] = binding;
        else _bindings.Add(binding);
        return binding;
    }

    // Which field broke the rules, -1 if it was none alone. Off the hot path: only for lines that are reported.
    private int FindFault(RecordFields record)
    {
        for (var i = 0; i < record.Count; i++)
        {
            foreach (var target in _bindings[i].Targets)
            {
                var value = record.Value(i);
                var fault = target.Field switch
                {
                    EventField.Value or EventField.Timestamp => EventFault.None,
                    EventField.Extra when !value.IsEmpty => EventValidator.CheckExtra(target.Name, value),
                    EventField.Extra => EventFault.None,
                    _ => EventValidator.CheckName(value),
                };
                if (fault != EventFault.None) return i;
            }
        }

        return -1;
    }
}

/// <summary>Why a record is no event: one of the two faults, or neither when it is one.</summary>
/// <param name="Event">Fault of the event.</param>
/// <param name="Record">Fault of the record.</param>
/// <param name="Field">The field to blame, -1 if it is the whole record.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct MapResult(EventFault Event, RecordFault Record, int Field)
{
    public bool IsEvent => Event == EventFault.None && Record == RecordFault.None;

    public string Reason => Record != RecordFault.None ? Record.WireName() : Event.WireName();
}
