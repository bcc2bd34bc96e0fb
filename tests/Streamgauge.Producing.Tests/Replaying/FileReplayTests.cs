using System.IO.Compression;
using System.Text;

namespace Streamgauge.Producing.Tests;

public sealed class FileReplayTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("streamgauge-replay-").FullName;
    private readonly VirtualTime _time = new();
    private readonly FakeSink _sink = new();
    private readonly List<MalformedLine> _malformed = [];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Columns_fill_fields_by_map_by_name_and_as_further_fields()
    {
        var summary = await ReplayText("event_type,pid,ts,value,user_id,colour\nview,p1,2025-11-22T10:00:00Z,1.25,u1,red\nclick,p2,1763805601,,u2,\n", o => o.Map.Add("product=pid"));
        Assert.Equal(2, summary.Events);
        Assert.Equal((1_763_805_600_000L, 1_763_805_601_000L), (summary.TimestampMsMin, summary.TimestampMsMax));
        Assert.Equal((Int128)1_250_000, summary.ValueMicros);
        Assert.True(summary.IsComplete);
        Assert.Equal(new SentEvent(_sink.Events[0].EventId, "u1", "view", "p1", "", 1_250_000, 1_763_805_600_000, "colour=red"), _sink.Events[0]);
        Assert.Equal(("", null), (_sink.Events[1].Extra, _sink.Events[1].ValueMicros));
        Assert.Equal(1, _sink.Flushes);
    }

    [Fact]
    public async Task Only_mapped_leaves_other_columns_out_and_set_wins_over_a_column()
    {
        await ReplayText("event_type,pid,product,colour\nview,p1,x,red\n", o =>
        {
            o.Map.Add("product=pid");
            o.Map.Add("tint=colour");
            o.Set.Add("event_type=click");
            o.Set.Add("source=file");
            o.OnlyMapped = true;
        });
        Assert.Equal(("click", "p1", "tint=red;source=file"), (_sink.Events[0].Type, _sink.Events[0].Product, _sink.Events[0].Extra));
        Assert.Equal(_time.NowMs, _sink.Events[0].TimestampMs);
    }

    [Fact]
    public async Task A_missing_column_is_an_error_that_lists_the_columns()
    {
        var e = await Assert.ThrowsAsync<ReplayException>(() => ReplayText("a,b\n1,2\n", o => o.Map.Add("event_type=kind")));
        Assert.Contains("No column 'kind'; the file has: a, b.", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("event_type,a,a\n", "twice")]
    [InlineData("event_type,product,pid\n", "'product' bears the name")]
    [InlineData("event_type,\"a\n", "unterminated_quote")]
    public async Task A_header_that_cannot_be_right_is_refused(string text, string expected)
    {
        var e = await Assert.ThrowsAsync<ReplayException>(() => ReplayText(text, o => { if (text.Contains("pid")) o.Map.Add("product=pid"); }));
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Malformed_lines_are_located_counted_by_reason_and_reported_up_to_the_limit()
    {
        const string Text = "event_type,value,ts\nview,1,1763805600\nview,x,1763805600\nview,1\n,1,1763805600\nview,1,\"a\nb\"\nview,2,1763805600\nview,y,1\n";
        var summary = await ReplayText(Text, o => o.ReportsMax = 4);
        Assert.Equal((2, 5, 9), (summary.Events, summary.Malformed, summary.Lines));
        Assert.Equal(["3:6 bad_value", "4:1 column_count", "5:1 missing_event_type", "6:8 bad_timestamp"], _malformed.Select(m => $"{m.Line}:{m.Column} {m.Reason}"));
        Assert.Equal(2, summary.MalformedByReason["bad_value"]);
        Assert.Equal((Int128)3_000_000, summary.ValueMicros);
    }

    [Fact]
    public async Task Strict_stops_at_the_first_malformed_line_and_flushes()
    {
        var e = await Assert.ThrowsAsync<ReplayException>(() => ReplayText("event_type,value\nview,1\nview,x\n", o => o.Strict = true));
        Assert.Equal((3L, 6, "bad_value"), (e.Location!.Line, e.Location.Column, e.Location.Reason));
        Assert.Equal((1, 1), (_sink.Events.Count, _sink.Flushes));
    }

    [Fact]
    public async Task Ndjson_keeps_its_own_names_and_compact_nested_values()
    {
        var summary = await ReplayText(
            "{\"event_type\":\"view\",\"value\":19.99,\"ts\":1763805600000,\"meta\":{ \"a\": [1, 2] },\"vip\":true}\n{\"kind\":\"x\"}\n{\"ts\":1763805600000,\"event_type\":\"buy\"}\n",
            null,
            "events.ndjson");
        Assert.Equal(["meta={\"a\":[1,2]};vip=true", ""], _sink.Events.Select(e => e.Extra));
        Assert.Equal(1, summary.MalformedByReason["missing_event_type"]);
    }

    [Fact]
    public async Task Ndjson_with_two_sources_for_one_field_is_malformed()
    {
        await ReplayText("{\"event_type\":\"view\",\"product\":\"a\",\"pid\":\"b\"}\n", o => o.Map.Add("product=pid"), "events.jsonl");
        Assert.Equal("duplicate_field", Assert.Single(_malformed).Reason);
    }

    [Fact]
    public async Task Derived_ids_repeat_with_the_file_and_differ_by_line_and_content()
    {
        await ReplayText("event_type\nview\nview\n");
        await ReplayText("event_type\nview\nview\nclick\n");
        await ReplayText("event_type\nview\nview\n", null, "other.csv");
        var ids = _sink.Events.Select(e => e.EventId).ToList();
        Assert.Equal(ids[..2], ids[2..4]);
        Assert.Equal(5, ids.Distinct().Count());
        Assert.EndsWith("-2", ids[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rebased_files_start_now_if_their_end_stays_within_the_allowed_future()
    {
        await ReplayText("event_type,ts\nview,2020-01-01T00:00:10Z\nview,2020-01-01T00:00:00Z\n", o => o.RebaseTime = true);
        Assert.Equal([_time.NowMs + 10_000, _time.NowMs], _sink.Events.Select(e => e.TimestampMs));
    }

    [Fact]
    public async Task Rebased_files_longer_than_that_end_now()
    {
        await ReplayText("event_type,ts\nview,2020-01-01T00:00:00Z\nview,2020-01-01T01:00:00Z\n", o => o.RebaseTime = true);
        Assert.Equal([_time.NowMs - 3_600_000, _time.NowMs], _sink.Events.Select(e => e.TimestampMs));
    }

    [Fact]
    public async Task Rebased_standard_input_starts_now_and_is_held_back_to_now()
    {
        await ReplayStandardInput("event_type,ts\nview,2020-01-01T00:00:10Z\nview,2020-01-01T00:00:00Z\nview,2020-01-01T01:00:00Z\n", o => o.RebaseTime = true);
        Assert.Equal([_time.NowMs, _time.NowMs - 10_000, _time.NowMs], _sink.Events.Select(e => e.TimestampMs));
    }

    [Fact]
    public async Task Speed_keeps_the_gaps_of_the_file()
    {
        var startMs = _time.NowMs;
        var sentAt = new List<long>();
        _sink.OnAdd = () => sentAt.Add(_time.NowMs - startMs);
        await ReplayText("event_type,ts\nview,2020-01-01T00:00:00Z\nview,2020-01-01T00:01:00Z\nview,2020-01-01T00:00:30Z\n", o => (o.Speed, o.RebaseTime) = (10, true));
        Assert.Equal([0, 6000, 6000], sentAt);
        Assert.Equal([startMs, startMs + 60_000, startMs + 30_000], _sink.Events.Select(e => e.TimestampMs));
    }

    [Fact]
    public async Task Rate_is_held()
    {
        await ReplayText("event_type\n" + string.Concat(Enumerable.Repeat("view\n", 2001)), o => o.Rate = 1000);
        Assert.InRange(_time.Now.TotalSeconds, 1.99, 2.01);
    }

    [Fact]
    public async Task Full_buffers_repeat_the_event_and_lose_nothing()
    {
        var room = 0;
        _sink.HasRoom = s => s.Count < room;
        _sink.OnRoom = _ => { room += 3; return ValueTask.CompletedTask; };
        await ReplayText("event_type,product\n" + string.Concat(Enumerable.Range(0, 100).Select(i => $"view,p{i}\n")));
        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"p{i}"), _sink.Events.Select(e => e.Product));
    }

    [Fact]
    public async Task A_stop_ends_with_a_flush_and_an_incomplete_summary()
    {
        using var stop = new CancellationTokenSource();
        _sink.OnAdd = () => { if (_sink.Count == 10) stop.Cancel(); };
        var summary = await ReplayText("event_type\n" + string.Concat(Enumerable.Repeat("view\n", 5000)), o => o.Rate = 1000, cancellationToken: stop.Token);
        Assert.False(summary.IsComplete);
        Assert.InRange(summary.Events, 10, 60);
        Assert.Equal(1, _sink.Flushes);
    }

    [Fact]
    public async Task Compressed_files_and_unknown_extensions_are_recognised()
    {
        var path = Path.Combine(_folder, "events.txt.gz");
        await using (var gzip = new GZipStream(File.Create(path), CompressionLevel.Fastest)) gzip.Write("\uFEFF{\"event_type\":\"view\"}\n"u8);
        var summary = await new FileReplay(new ReplayOptions { Path = path }, _time).RunAsync(_sink, default);
        Assert.Equal(1, summary.Events);
    }

    [Fact]
    public async Task Progress_ends_with_the_whole_file()
    {
        var seen = new Collector<ReplayProgress>();
        var path = Path.Combine(_folder, "p.csv");
        await File.WriteAllTextAsync(path, "event_type;ts\nview;1763805600\n");
        await new FileReplay(new ReplayOptions { Path = path, Delimiter = ';' }, _time, seen).RunAsync(_sink, default);
        Assert.Equal(new ReplayProgress(2, 1, 0, 30, 30), seen.Items[^1]);
    }

    [Fact]
    public void Every_mistake_in_the_options_is_reported_at_once()
    {
        var options = new ReplayOptions { Path = "", Rate = 1, Speed = 1, Delimiter = '"', ReportsMax = -1 };
        options.Map.Add("nonsense");
        options.Map.Add("product=a");
        options.Map.Add("product=b");
        options.Set.Add("ts=yesterday");
        Assert.Equal(7, options.Validate().Count);
        Assert.Empty(new ReplayOptions().Validate());
    }

    private Task<ReplaySummary> ReplayStandardInput(string text, Action<ReplayOptions> configure)
    {
        var options = new ReplayOptions();
        configure(options);
        return new FileReplay(options, _time, null, _malformed.Add, new MemoryStream(Encoding.UTF8.GetBytes(text))).RunAsync(_sink, default);
    }

    private Task<ReplaySummary> ReplayText(string text, Action<ReplayOptions>? configure = null, string name = "events.csv", CancellationToken cancellationToken = default)
    {
        var options = new ReplayOptions { Path = Path.Combine(_folder, name) };
        File.WriteAllText(options.Path, text);
        configure?.Invoke(options);
        return new FileReplay(options, _time, null, _malformed.Add).RunAsync(_sink, cancellationToken);
    }
}
