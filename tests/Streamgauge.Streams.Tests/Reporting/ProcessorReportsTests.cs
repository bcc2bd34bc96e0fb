using System.Globalization;
using Streamgauge.Resp;
using Streamgauge.Views;

namespace Streamgauge.Streams.Tests.Reporting;

/// <summary>Reports are read as they were written, or not at all: whoever may write to Redis may have written them.</summary>
public sealed class ProcessorReportsTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    private const string Sound = """{"consumer":"c","sequence":1,"since":"2026-01-01T00:00:00Z","version":"9","problem":null,"events":1,"window_seconds":1,"window_events":5,"stage_seconds":{"read":1},"latency":[10,1]}""";

    private static readonly ProcessorReport Report = new()
    {
        Consumer = "c", Sequence = 7, Since = DateTimeOffset.UnixEpoch, Version = "1.2", Problem = "full", Events = 12, WindowSeconds = 10, WindowEvents = 5,
        StageSeconds = new Dictionary<string, double>(StringComparer.Ordinal) { [ProcessorStages.Read] = 9, [ProcessorStages.Commit] = 1 },
        Latency = [LogHistogram.IndexOf(1_000), 4, LogHistogram.IndexOf(2_000), 1],
    };

    [Fact]
    public async Task Report_is_read_as_it_was_written_last()
    {
        var rig = await fixture.NewStreamAsync();
        var reports = new ProcessorReports(rig.Keys);
        await reports.WriteAsync(rig.Redis, Report with { Sequence = 6 }, default);
        await reports.WriteAsync(rig.Redis, Report, default);

        var read = (await reports.ReadAsync(rig.Redis, ["a", "c"], default)).Single();

        Assert.Equal("c", read.Key);
        Assert.Equivalent(Report, read.Value, strict: true);
        var latency = new LogHistogram();
        read.Value.AddLatencyTo(latency);
        Assert.Equal(5, latency.Count);
        Assert.InRange(latency.Quantile(0.5)!.Value, 990, 1_010);
    }

    [Fact]
    public async Task Report_expires_a_minute_after_its_processor_wrote_it()
    {
        var rig = await fixture.NewStreamAsync();
        await new ProcessorReports(rig.Keys).WriteAsync(rig.Redis, Report, default);

        var left = (await rig.RunAsync("PTTL", rig.Keys.ProcessorReport("c"))).AsInteger();
        Assert.InRange(left, 50_000, 60_000);

        await rig.RunAsync("PEXPIRE", rig.Keys.ProcessorReport("c"), "0"); // what Redis does then
        Assert.Empty(await new ProcessorReports(rig.Keys).ReadAsync(rig.Redis, ["c"], default));
    }

    [Theory]
    [InlineData("", "")] // as it is: read
    [InlineData("{", "")]
    [InlineData("\"window_seconds\":1", "\"window_seconds\":1e-320")]
    [InlineData("\"window_seconds\":1", "\"window_seconds\":1e999")]
    [InlineData("\"window_seconds\":1", "\"window_seconds\":-1")]
    [InlineData("\"window_events\":5", "\"window_events\":-5")]
    [InlineData("\"window_events\":5", "\"window_events\":9223372036854775807")]
    [InlineData("\"events\":1,", "\"events\":-1,")]
    [InlineData("\"events\":1,", "")]
    [InlineData("{\"read\":1}", "null")]
    [InlineData("{\"read\":1}", "{\"read\":1e999}")]
    [InlineData("{\"read\":1}", "{\"read\":-1}")]
    [InlineData("[10,1]", "null")]
    [InlineData("[10,1]", "[10]")]
    [InlineData("[10,1]", "[-9223372036854775808,1]")]
    [InlineData("[10,1]", "[999999,1]")]
    [InlineData("[10,1]", "[10,-1]")]
    [InlineData("[10,1]", "[10,9223372036854775807]")]
    [InlineData("\"consumer\":\"c\"", "\"consumer\":null")]
    [InlineData("\"version\":\"9\"", "\"version\":null")]
    public async Task Report_that_cannot_be_added_up_is_left_out(string part, string instead)
    {
        var rig = await fixture.NewStreamAsync();
        var json = part.Length == 0 ? Sound : Sound.Replace(part, instead, StringComparison.Ordinal);
        await rig.RunAsync("SET", rig.Keys.ProcessorReport("c"), json);

        var read = await new ProcessorReports(rig.Keys).ReadAsync(rig.Redis, ["c"], default);

        Assert.Equal(part.Length == 0 ? ["c"] : [], read.Keys);
    }

    [Fact]
    public async Task Key_of_another_type_leaves_out_that_report_only()
    {
        var rig = await fixture.NewStreamAsync();
        var reports = new ProcessorReports(rig.Keys);
        await rig.RunAsync("RPUSH", rig.Keys.ProcessorReport("a"), "x");
        await reports.WriteAsync(rig.Redis, Report, default);

        Assert.Equal(["c"], (await reports.ReadAsync(rig.Redis, ["a", "c"], default)).Keys);
    }

    [Fact]
    public async Task At_most_256_consumers_are_read()
    {
        var rig = await fixture.NewStreamAsync();
        for (var i = 0; i < 257; i++) await rig.RunAsync("SET", rig.Keys.ProcessorReport(i.ToString(CultureInfo.InvariantCulture)), Sound);

        var read = await new ProcessorReports(rig.Keys).ReadAsync(rig.Redis, Enumerable.Range(0, 257).Select(i => i.ToString(CultureInfo.InvariantCulture)), default);

        Assert.Equal(256, read.Count);
    }

    [Fact]
    public async Task Full_Redis_takes_reports_and_their_size_is_bounded()
    {
        var rig = await fixture.NewStreamAsync();
        var reports = new ProcessorReports(rig.Keys);
        await rig.RunAsync("CONFIG", "SET", "maxmemory", "1mb");
        try
        {
            await Assert.ThrowsAsync<RedisReplyException>(() => rig.RunAsync("SET", rig.Keys.ProcessorReport("x"), "x")); // it is full
            await reports.WriteAsync(rig.Redis, Report, default);
            var refused = await Assert.ThrowsAsync<RedisReplyException>(() => reports.WriteAsync(rig.Redis, Report with { Problem = new string('x', 70_000) }, default));
            Assert.Equal("SGARGS", refused.Code);
        }
        finally
        {
            await rig.RunAsync("CONFIG", "SET", "maxmemory", "0");
        }

        Assert.Equal("full", (await reports.ReadAsync(rig.Redis, ["c"], default))["c"].Problem);
    }
}
