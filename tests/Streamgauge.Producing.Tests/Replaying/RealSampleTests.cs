using System.Globalization;
using Streamgauge.TestKit;

namespace Streamgauge.Producing.Tests;

/// <summary>A thousand events of a real shop (REES46, October 2019), which is not part of the repository.</summary>
public class RealSampleTests
{
    [SampleFact]
    public async Task Real_events_arrive_whole_and_add_up()
    {
        var path = SampleFile.Find()!;
        var options = new ReplayOptions { Path = path };
        foreach (var map in new[] { "product=product_id", "session_id=user_session", "ts=event_time", "value=price" }) options.Map.Add(map);
        var sink = new FakeSink();
        var summary = await new FileReplay(options, new VirtualTime()).RunAsync(sink, default);

        Assert.Equal((1000, 0, 1001), (summary.Events, summary.Malformed, summary.Lines));
        Assert.Equal(987, sink.Events.Count(e => e.Type == "view"));
        Assert.Equal(10, sink.Events.Count(e => e.Type == "purchase"));
        Assert.Equal(3, sink.Events.Count(e => e.Type == "cart"));
        Assert.Equal(534, sink.Events.DistinctBy(e => e.Product).Count());
        Assert.Equal(372, sink.Events.DistinctBy(e => e.SessionId).Count());
        Assert.Equal(1000, sink.Events.DistinctBy(e => e.EventId).Count());
        Assert.Equal(new DateTimeOffset(2019, 10, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds(), summary.TimestampMsMin);
        Assert.Contains("brand=shiseido", sink.Events[0].Extra, StringComparison.Ordinal);

        // No field of this file is quoted, so splitting at commas is an independent reading of it.
        var prices = File.ReadLines(path).Skip(1).Select(line => decimal.Parse(line.Split(',')[6], CultureInfo.InvariantCulture));
        Assert.Equal((Int128)(prices.Sum() * 1_000_000), summary.ValueMicros);
    }
}

/// <summary>A test that needs the sample; skipped, with the remedy, where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SampleFactAttribute : FactAttribute
{
    public SampleFactAttribute()
    {
        if (SampleFile.Find() is null) Skip = SampleFile.Missing;
    }
}
