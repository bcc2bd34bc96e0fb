using System.Globalization;
using Streamgauge.Events;
using Streamgauge.Resp;

namespace Streamgauge.Drills;

/// <summary>An event as any client would add it.</summary>
internal static class PlainEvent
{
    /// <param name="id">Id of the entry; <c>*</c> leaves it to Redis, as everybody should.</param>
    public static RespCommand Command(string stream, string id, int number, long timestampMs)
    {
        var made = DrillEvent.Of(number);
        var name = DrillEvent.IdOf(number);
        var command = new RespCommand("XADD", stream, id, "event_type", made.EventType, "event_id", name, "session_id", name);
        if (made.Product is not null) command.Add("product").Add(made.Product);
        if (made.ValueMicros is { } micros)
        {
            var text = new byte[32];
            command.Add("value").Add(text.AsMemory(0, FixedPoint.Format(micros, text)));
        }

        return command.Add("ts").Add(timestampMs.ToString(CultureInfo.InvariantCulture));
    }
}
