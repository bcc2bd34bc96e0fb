using System.Text;
using Streamgauge.Events;
using Streamgauge.Resp;

namespace Streamgauge.Streams;

/// <summary>A dead letter as it lies in its stream.</summary>
public sealed record StoredDeadLetter
{
    private const int FieldBytesKept = 1024 * 1024; // as in the function library: a longer field was cut there
    private const int FieldsKept = 1000;

    /// <summary>Its own id: when it was buried, and what to call it.</summary>
    public required StreamEntryId Id { get; init; }

    /// <summary>The entry it was.</summary>
    public required StreamEntryId Origin { get; init; }

    /// <summary>Position in the frame; -1 for a whole entry.</summary>
    public required int Index { get; init; }

    public required string Reason { get; init; }

    public required string Group { get; init; }

    /// <summary>The consumer that buried it, or that it brought down.</summary>
    public required string Consumer { get; init; }

    public required long Deliveries { get; init; }

    /// <summary>How often it was retried before and came back.</summary>
    public required long Retried { get; init; }

    /// <summary>The entry it was before any retry.</summary>
    public required StreamEntryId FirstOrigin { get; init; }

    /// <summary>All its bytes in Redis.</summary>
    public required long Bytes { get; init; }

    /// <summary>False when <see cref="Fields"/> were not asked for, or are too large to send.</summary>
    public required bool IsWhole { get; init; }

    /// <summary>The fields of its entry or event, in their order.</summary>
    public required IReadOnlyList<DeadLetterField> Fields { get; init; }

    /// <summary>Whether it is a frame of events that was buried as a whole.</summary>
    public bool IsFrame => Index < 0 && Fields.Count > 0 && Fields[0].Name.Span.SequenceEqual(FrameFormat.EntryField);

    /// <summary>Whether further fields may have been left out when it was buried.</summary>
    public bool HasLostFields => Fields.Count >= FieldsKept;

    /// <summary>Whether a field may have been cut when it was buried.</summary>
    public static bool IsCut(DeadLetterField field) => field.Value.Length >= FieldBytesKept || field.Name.Length >= FieldBytesKept;

    /// <summary>Reads <c>[id, bytes, is_whole, [name, value, …]]</c>; null when it is none of ours.</summary>
    internal static StoredDeadLetter? TryRead(RespValue reply)
    {
        var fields = reply[3].Items;
        if (!TryId(reply[0], out var id) || !TryId(reply[3].Get("origin"), out var origin) || !int.TryParse(reply[3].Get("index")?.Text, out var index)) return null;
        return new StoredDeadLetter
        {
            Id = id,
            Origin = origin,
            Index = index,
            Reason = reply[3].Get("reason")?.Text ?? "",
            Group = reply[3].Get("group")?.Text ?? "",
            Consumer = reply[3].Get("consumer")?.Text ?? "",
            Deliveries = Number(reply[3].Get("deliveries")),
            Retried = Number(reply[3].Get("retried")),
            FirstOrigin = TryId(reply[3].Get("first_origin"), out var first) ? first : origin,
            Bytes = reply[1].AsInteger(),
            IsWhole = reply[2].AsInteger() == 1,
            Fields = [.. fields.Chunk(2).Where(IsOfEvent).Select(pair => new DeadLetterField(pair[0].AsBytes()[2..], pair[1].AsBytes()))],
        };
    }

    private static bool IsOfEvent(RespValue[] pair) => pair[0].AsBytes().Span.StartsWith("f:"u8);

    private static bool TryId(RespValue? value, out StreamEntryId id)
    {
        id = default;
        return value?.Text is { } text && StreamEntryId.TryParse(Encoding.UTF8.GetBytes(text), out id);
    }

    private static long Number(RespValue? value) => long.TryParse(value?.Text, out var number) ? number : 0;
}

/// <summary>A field of a dead letter, byte by byte as it stood in its entry.</summary>
public readonly record struct DeadLetterField(ReadOnlyMemory<byte> Name, ReadOnlyMemory<byte> Value);
