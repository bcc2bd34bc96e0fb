using System.Globalization;
using System.Text;
using Streamgauge.Events;

namespace Streamgauge.Streams;

/// <summary>What a dead letter is appended as: its own fields, changed where asked, with the event time it would have had.</summary>
public sealed class RetriedEntry
{
    private const long SecondsBelow = 100_000_000_000; // a smaller number reads as seconds: EventTime
    private readonly List<DeadLetterField> _fields;

    private RetriedEntry(List<DeadLetterField> fields, EventFault fault) => (_fields, Fault) = (fields, fault);

    /// <summary>The fields in their order, the mark of the retry last.</summary>
    public IReadOnlyList<DeadLetterField> Fields => _fields;

    /// <summary>What is wrong with it still, as this version decodes it: it will be a dead letter again. Single events of a frame may have faults of their own beside it.</summary>
    public EventFault Fault { get; }

    /// <summary>Makes the entry; <paramref name="refusal"/> says why there can be none.</summary>
    /// <param name="changes">Fields to set, by name; an empty value takes a field away.</param>
    public static RetriedEntry? TryCreate(StoredDeadLetter letter, IReadOnlyList<KeyValuePair<string, string>> changes, out string refusal)
    {
        refusal = "";
        if (!letter.IsWhole)
        {
            refusal = $"it holds {letter.Bytes:N0} bytes, more than any event may have";
            return null;
        }

        if (letter.IsFrame && changes.Count > 0)
        {
            refusal = "it is a frame of many events, whose fields cannot be set";
            return null;
        }

        var fields = letter.Fields.Where(field => !field.Name.Span.SequenceEqual(FieldNames.RetryMark)).ToList();
        foreach (var (name, value) in changes) Set(fields, Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(value));
        var cut = fields.FindIndex(StoredDeadLetter.IsCut);
        if (cut >= 0) refusal = $"its field '{NameOf(fields[cut])}' was cut at 1 MiB when it was dead-lettered";
        else if (letter.HasLostFields) refusal = $"it had {letter.Fields.Count:N0} fields or more, and the rest was left out when it was dead-lettered";
        else if (fields.Count == 0) refusal = "it has no field left";
        if (refusal.Length > 0) return null;

        if (!letter.IsFrame) SetTime(fields, letter.FirstOrigin.ArrivalMs, isGiven: changes.Any(change => change.Key == "ts" && change.Value.Length > 0));
        KeepFromReadingAsFrame(fields, letter.IsFrame);
        var fault = Decode(fields, letter.FirstOrigin.ArrivalMs);
        if (letter.IsFrame && fault != EventFault.None)
        {
            refusal = $"this version cannot read its frame ({fault.WireName()}), so it would come straight back";
            return null;
        }

        fields.Add(new DeadLetterField(FieldNames.RetryMark.ToArray(), Encoding.UTF8.GetBytes($"{letter.Retried + 1} {letter.FirstOrigin}")));
        return new RetriedEntry(fields, fault);
    }

    private static string NameOf(DeadLetterField field) => Encoding.UTF8.GetString(field.Name.Span[..Math.Min(field.Name.Length, EventLimits.FieldNameBytesMax)]);

    private static void Set(List<DeadLetterField> fields, byte[] name, byte[] value)
    {
        var at = fields.FindIndex(field => field.Name.Span.SequenceEqual(name));
        fields.RemoveAll(field => field.Name.Span.SequenceEqual(name));
        if (value.Length > 0) fields.Insert(at < 0 ? fields.Count : at, new DeadLetterField(name, value));
    }

    // Without a time of its own an event has that of its arrival, and one from too far in the future too: its first arrival, not the one that is to come.
    private static void SetTime(List<DeadLetterField> fields, long arrivalMs, bool isGiven)
    {
        var at = fields.FindLastIndex(field => field.Name.Span.SequenceEqual(FieldNames.Timestamp) && !field.Value.IsEmpty);
        var isFuture = at >= 0 && !isGiven && EventTime.TryParse(fields[at].Value.Span, out var timestampMs) == EventFault.None
            && timestampMs > arrivalMs + (long)EventLimits.FutureSkewMax.TotalMilliseconds;
        if (at >= 0 && !isFuture) return;
        var text = arrivalMs >= SecondsBelow ? arrivalMs.ToString(CultureInfo.InvariantCulture) : (arrivalMs / 1000m).ToString("0.000", CultureInfo.InvariantCulture);
        Set(fields, FieldNames.Timestamp.ToArray(), Encoding.UTF8.GetBytes(text));
    }

    // An entry is a frame by the name of its first field, and an event may have a field of that name.
    private static void KeepFromReadingAsFrame(List<DeadLetterField> fields, bool isFrame)
    {
        if (isFrame || !fields[0].Name.Span.SequenceEqual(FrameFormat.EntryField)) return;
        fields.Add(fields[0]);
        fields.RemoveAt(0);
    }

    private static EventFault Decode(List<DeadLetterField> fields, long arrivalMs)
    {
        var batch = new EventBatch([]);
        if (fields[0].Name.Span.SequenceEqual(FrameFormat.EntryField)) return new FrameDecoder(batch).Decode(fields[0].Value.Span, arrivalMs);
        var decoder = new PlainEntryDecoder(batch);
        decoder.Begin(arrivalMs);
        foreach (var field in fields) decoder.Field(field.Name.Span, field.Value.Span);
        return decoder.End();
    }
}
