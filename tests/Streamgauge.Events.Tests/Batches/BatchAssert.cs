using System.Text;

namespace Streamgauge.Events.Tests;

internal static class BatchAssert
{
    public static readonly string[] AllFields = ["event_type", "event_id", "user_id", "product", "session_id", "x0", "x1", "x5", "x11"];

    public static string? Text(this EventBatch batch, string field, int index)
    {
        var symbol = batch.Column(field)[index];
        return symbol == FieldColumn.Absent ? null : Encoding.UTF8.GetString(batch.Column(field).Symbols[symbol]);
    }

    public static void Holds(EventBatch batch, IReadOnlyList<TestEvent> events, long arrivalMs, string because)
    {
        Assert.True(events.Count == batch.Count, $"{events.Count} events expected, {batch.Count} found, {because}");
        var clamped = 0;
        for (var i = 0; i < events.Count; i++)
        {
            var ahead = events[i].TimestampMs - arrivalMs > 300_000;
            if (ahead) clamped++;
            Assert.True((ahead ? arrivalMs : events[i].TimestampMs) == batch.TimestampsMs[i], $"time of event {i}, {because}");
            Assert.True((events[i].ValueMicros ?? EventBatch.NoValue) == batch.ValuesMicros[i], $"value of event {i}, {because}");
            foreach (var column in batch.Columns)
                Assert.True(events[i].Text(column.Name) == batch.Text(column.Name, i), $"{column.Name} of event {i}, {because}");
        }

        Assert.Equal(clamped, batch.ClampedCount);
    }
}
