using System.Text;
using Streamgauge.Events;
using Streamgauge.Resp;

namespace Streamgauge.Tests.System;

/// <summary>Sends events as plain entries and as frames, and keeps each with the arrival Redis gave it.</summary>
internal sealed class OracleSender(RespConnection redis, Random random)
{
    private static readonly HashSet<string> Documented = ["event_id", "user_id", "event_type", "product", "session_id", "value", "ts"];
    private readonly FrameWriter _frame = new();

    /// <summary>Everything that was ever sent.</summary>
    public List<OracleEvent> Sent { get; } = [];

    public async Task SendAsync(IReadOnlyList<Dictionary<string, string>> events)
    {
        // A frame has a time for each event, so events without one are plain entries.
        var framed = events.Where(fields => fields.ContainsKey("ts") && random.Next(2) == 0).ToList();
        var plain = events.Except(framed).ToList();
        var ids = await Task.WhenAll(plain.Select(AppendPlainAsync));
        for (var i = 0; i < plain.Count; i++) Keep(plain[i], ids[i]);
        foreach (var chunk in framed.Chunk(random.Next(1, 40)))
        {
            foreach (var fields in chunk) Pack(fields);
            var entry = await redis.ExecuteAsync(new RespCommand("XADD", "events", "*", "sg:frame").Add(_frame.Seal()));
            _frame.Clear();
            foreach (var fields in chunk) Keep(fields, entry);
        }
    }

    private Task<RespValue> AppendPlainAsync(Dictionary<string, string> fields) =>
        redis.ExecuteAsync([.. (string[])["XADD", "events", "*"], .. fields.OrderBy(_ => random.Next()).SelectMany(field => new[] { field.Key, field.Value })]);

    private void Keep(Dictionary<string, string> fields, RespValue id) => Sent.Add(new OracleEvent(fields, long.Parse(id.AsText().Split('-')[0])));

    private void Pack(Dictionary<string, string> fields)
    {
        var extra = new ExtraFields();
        foreach (var (name, value) in fields.Where(field => !Documented.Contains(field.Key))) extra.Add(name, value);
        var packed = new EventFields
        {
            EventType = Utf8("event_type"), Product = Utf8("product"), UserId = Utf8("user_id"), SessionId = Utf8("session_id"),
            HasValue = fields.ContainsKey("value"),
            ValueMicros = (long)((OracleEvent.NumberOf(fields.GetValueOrDefault("value")) ?? 0) * 1_000_000),
            TimestampMs = long.TryParse(fields["ts"], out var ms) ? ms : DateTimeOffset.Parse(fields["ts"]).ToUnixTimeMilliseconds(),
            Extra = extra,
        };
        _frame.Add(packed);

        byte[] Utf8(string name) => Encoding.UTF8.GetBytes(fields.GetValueOrDefault(name, ""));
    }
}
