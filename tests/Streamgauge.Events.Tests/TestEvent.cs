using System.Text;

namespace Streamgauge.Events.Tests;

/// <summary>An event as plain strings: what the tests compare columns, frames and entries with.</summary>
internal sealed record TestEvent
{
    public string? EventId { get; init; }

    public string? UserId { get; init; }

    public string? EventType { get; init; }

    public string? Product { get; init; }

    public string? SessionId { get; init; }

    public long? ValueMicros { get; init; }

    public long TimestampMs { get; init; }

    public IReadOnlyList<(string Name, string Value)> Extra { get; init; } = [];

    public EventFields Fields()
    {
        ExtraFields? extra = null;
        foreach (var (name, value) in Extra) (extra ??= new ExtraFields()).Add(name, value);
        return new EventFields
        {
            EventId = Bytes(EventId),
            UserId = Bytes(UserId),
            EventType = Bytes(EventType),
            Product = Bytes(Product),
            SessionId = Bytes(SessionId),
            HasValue = ValueMicros.HasValue,
            ValueMicros = ValueMicros ?? 0,
            TimestampMs = TimestampMs,
            Extra = extra,
        };
    }

    /// <summary>The value a batch must hold in its column <paramref name="field"/>; the last one when a field is given twice.</summary>
    public string? Text(string field) => field switch
    {
        "event_id" => NullIfEmpty(EventId),
        "user_id" => NullIfEmpty(UserId),
        "event_type" => NullIfEmpty(EventType),
        "product" => NullIfEmpty(Product),
        "session_id" => NullIfEmpty(SessionId),
        _ => Extra.LastOrDefault(f => f.Name == field && f.Value != "").Value,
    };

    public static EventFault Plain(in EventFields fields, PlainEntryDecoder decoder, long arrivalMs)
    {
        decoder.Begin(arrivalMs);
        decoder.Field("event_id"u8, fields.EventId);
        decoder.Field("user_id"u8, fields.UserId);
        decoder.Field("event_type"u8, fields.EventType);
        decoder.Field("product"u8, fields.Product);
        decoder.Field("session_id"u8, fields.SessionId);
        if (fields.HasValue) decoder.Field("value"u8, Encoding.UTF8.GetBytes(FixedPoint.ToText(fields.ValueMicros)));
        decoder.Field("ts"u8, Encoding.UTF8.GetBytes(TimeText(fields.TimestampMs)));
        for (var i = 0; i < (fields.Extra?.Count ?? 0); i++) decoder.Field(fields.Extra!.Name(i), fields.Extra.Value(i));
        return decoder.End();
    }

    /// <summary>As a row of a frame spells it, so that a dead letter can be sent again.</summary>
    public static string TimeText(long timestampMs) => timestampMs < 100_000_000_000 ? (timestampMs / 1000m).ToString("0.000") : timestampMs.ToString();

    /// <summary>A valid event with a random selection of fields.</summary>
    public static TestEvent Next(Random random, long baseMs, int names = 20, bool extras = true)
    {
        string? Maybe(string prefix, int count) => random.Next(4) == 0 ? null : prefix + random.Next(count);
        return new TestEvent
        {
            EventId = Maybe("id-", 1_000_000_000),
            UserId = Maybe("u", names * 5),
            EventType = "type" + random.Next(6),
            Product = Maybe("prod-é-", 10),
            SessionId = Maybe("session-" + new string('s', random.Next(3)), names),
            ValueMicros = random.Next(4) switch { 0 => null, 1 => 0, 2 => random.Next(-5, 5), _ => random.NextInt64(-FixedPoint.MicrosMax, FixedPoint.MicrosMax + 1) },
            TimestampMs = Math.Clamp(baseMs + random.Next(-100_000, 100_000), 0, EventLimits.TimestampMsMax),
            Extra = extras && random.Next(3) == 0
                ? [.. Enumerable.Range(0, random.Next(5)).Select(_ => ("x" + random.Next(12), random.Next(5) == 0 ? "" : "v" + random.Next(names)))]
                : [],
        };
    }

    private static string? NullIfEmpty(string? text) => text is "" ? null : text;

    private static byte[] Bytes(string? text) => text is null ? [] : Encoding.UTF8.GetBytes(text);
}

internal static class ByteArrays
{
    public static byte[] AsFilled(this byte[] bytes, char with)
    {
        bytes.AsSpan().Fill((byte)with);
        return bytes;
    }
}
