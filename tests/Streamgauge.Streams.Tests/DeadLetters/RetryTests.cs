using System.Globalization;
using System.Text;
using Streamgauge.Events;
using Streamgauge.Resp;
using Streamgauge.TestKit;

namespace Streamgauge.Streams.Tests.DeadLetters;

/// <summary>A dead letter is a letter or back in the stream: once, as the event it was, at the time it had.</summary>
public sealed class RetryTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    [Fact]
    public async Task Retried_letter_is_counted_once_with_its_id_and_time_and_is_no_letter_any_more()
    {
        var rig = await fixture.NewStreamAsync();
        await rig.AddAsync("event_id", "e-1", "event_type", "purchase", "value", "12,50", "ts", "2026-01-02T03:04:05Z", "colour", "red");
        await rig.Consumer("a").DrainAsync();
        var letter = await SingleAsync(rig);
        var id = await RetryAsync(rig, letter, ("value", "12.50"));
        Assert.Equal(
            ["event_id=e-1", "event_type=purchase", "value=12.50", "ts=2026-01-02T03:04:05Z", "colour=red", $"sg:retried=1 {letter.Origin}"],
            await EntryAsync(rig, id!.Value));
        Assert.Null(await RetryAsync(rig, letter, ("value", "12.50"))); // as after a reply that was lost
        await rig.Consumer("a").DrainAsync();
        var read = await rig.ReadAsync();
        Assert.Equal((1, 12_500_000, 1, 1), (read.TotalCount, read.TotalValueMicros, read.Books.DeadEntries, read.Books.DeadRetried));
        Assert.Equal(0, (await LettersOf(rig).ReadStatusAsync(default)).Stored);
    }

    [Theory]
    [InlineData("", "arrival")] // without a time it had that of its arrival
    [InlineData("2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z")]
    [InlineData("4000000000000", "arrival")] // from the future it counts at its arrival, not at the retry's
    public async Task Event_time_is_what_it_would_have_been(string ts, string expected)
    {
        var rig = await fixture.NewStreamAsync();
        await rig.AddAsync("event_type", "view", "value", "x", "ts", ts);
        await rig.Consumer("a").DrainAsync();
        var letter = await SingleAsync(rig);
        var id = await RetryAsync(rig, letter, ("value", ""));
        var arrival = letter.Origin.ArrivalMs.ToString(CultureInfo.InvariantCulture);
        Assert.Contains($"ts={(expected == "arrival" ? arrival : expected)}", await EntryAsync(rig, id!.Value));
    }

    [Fact]
    public async Task Time_of_an_arrival_that_would_read_as_seconds_is_written_as_seconds()
    {
        var rig = await fixture.NewStreamAsync();
        await rig.RunAsync("XADD", rig.Keys.Stream, "5250-1", "event_type", "view", "value", "x");
        await rig.Consumer("a").DrainAsync();
        var id = await RetryAsync(rig, await SingleAsync(rig), ("value", ""));
        Assert.Contains("ts=5.250", await EntryAsync(rig, id!.Value));
    }

    [Fact]
    public async Task Letter_that_is_still_at_fault_comes_back_with_the_number_of_its_retries_and_its_first_origin()
    {
        var rig = await fixture.NewStreamAsync();
        await rig.AddAsync("event_type", "view", "value", "cheap");
        await rig.Consumer("a").DrainAsync();
        var first = await SingleAsync(rig);
        for (var i = 1; i <= 3; i++)
        {
            var id = await RetryAsync(rig, await SingleAsync(rig));
            await rig.Consumer("a").DrainAsync();
            var letter = await SingleAsync(rig);
            Assert.Equal((i, first.Origin, id!.Value, "bad_value"), ((int)letter.Retried, letter.FirstOrigin, letter.Origin, letter.Reason));
            Assert.Equal(["event_type", "value", "ts"], letter.Fields.Select(field => Encoding.UTF8.GetString(field.Name.Span)));
        }

        await RetryAsync(rig, await SingleAsync(rig), ("value", "1"));
        await rig.Consumer("a").DrainAsync();
        var read = await rig.ReadAsync();
        Assert.Equal((1, 4, 4), (read.TotalCount, read.Books.DeadEntries, read.Books.DeadRetried));
    }

    [Fact]
    public async Task Mark_of_a_retry_is_no_field_of_the_event_neither_for_its_limits_nor_for_people()
    {
        var rig = await fixture.NewStreamAsync();
        await rig.AddAsync(["event_type", "view", "value", "x", .. Enumerable.Range(0, EventLimits.ExtraFieldsMax).SelectMany(i => (string[])[$"x{i}", "1"])]);
        await rig.Consumer("a").DrainAsync();
        await RetryAsync(rig, await SingleAsync(rig), ("value", "1"));
        await rig.Consumer("a").DrainAsync();
        Assert.Equal(1, (await rig.ReadAsync()).TotalCount);
        var recent = await new RecentEventsReader(rig.Keys, new TailLimits()).ReadAsync(rig.Redis, null, 10, default);
        Assert.DoesNotContain("sg:retried", Assert.Single(recent.Items).FurtherFields.Select(field => field.Key));
    }

    [Fact]
    public async Task Single_event_of_a_frame_is_retried_as_a_plain_entry_and_never_read_as_a_frame()
    {
        var rig = await fixture.NewStreamAsync();
        var writer = new FrameWriter();
        var extra = new ExtraFields();
        extra.Add("sg:frame", "not one");
        writer.Add(new EventFields { EventType = "view"u8, TimestampMs = 1_763_000_000_000 });
        writer.Add(new EventFields { EventType = new byte[300], EventId = "e-2"u8, TimestampMs = 1_763_000_000_500, Extra = extra });
        await AddFrameAsync(rig, writer.Seal().ToArray());
        await rig.Consumer("a").DrainAsync();
        var letter = await SingleAsync(rig);
        Assert.Equal((1, "too_long"), (letter.Index, letter.Reason));
        var id = await RetryAsync(rig, letter, ("event_type", "view"));
        var fields = await EntryAsync(rig, id!.Value);
        Assert.Contains("event_id=e-2", fields);
        Assert.Contains("ts=1763000000500", fields);
        await rig.Consumer("a").DrainAsync();
        Assert.Equal((2, 1, 0), ((await rig.ReadAsync()).TotalCount, (await rig.ReadAsync()).Books.DeadEvents, (await rig.ReadAsync()).Books.DeadEntries));
    }

    [Fact]
    public async Task Sound_entry_that_was_given_up_on_is_retried_as_it_was()
    {
        var rig = await fixture.NewStreamAsync();
        var writer = new FrameWriter();
        for (var i = 0; i < 5; i++) writer.Add(new EventFields { EventType = "view"u8, TimestampMs = 1_763_000_000_000 + i });
        var frame = writer.Seal().ToArray();
        await AddFrameAsync(rig, frame);
        await GiveUpAsync(rig);
        var letter = await SingleAsync(rig);
        Assert.Equal("too_many_deliveries", letter.Reason);
        Assert.False(RetriedEntry.TryCreate(letter, [KeyValuePair.Create("value", "1")], out var refusal) is not null);
        Assert.Contains("frame", refusal, StringComparison.Ordinal);
        await RetryAsync(rig, letter);
        await rig.Consumer("a").DrainAsync();
        Assert.Equal(5, (await rig.ReadAsync()).TotalCount);
    }

    [Fact]
    public async Task Frame_that_cannot_be_read_and_fields_that_were_cut_are_refused_with_the_reason()
    {
        var rig = await fixture.NewStreamAsync();
        await AddFrameAsync(rig, "GIF89a, not a frame of ours"u8.ToArray());
        await rig.AddAsync("event_type", "view", "note", new string('x', 1_100_000));
        await rig.AddAsync([.. Enumerable.Range(0, 1_200).SelectMany(i => (string[])[$"f{i}", "1"])]);
        await rig.Consumer("a").DrainAsync();
        var letters = await AllAsync(rig);
        string[] expected = ["cannot read its frame (frame_malformed)", "'note' was cut at 1 MiB", "1,000 fields or more"];
        foreach (var (letter, text) in letters.Zip(expected))
        {
            Assert.Null(RetriedEntry.TryCreate(letter, [], out var refusal));
            Assert.Contains(text, refusal, StringComparison.Ordinal);
        }

        await RetryAsync(rig, letters[1], ("note", "")); // what was cut is not needed
        await rig.Consumer("a").DrainAsync();
        Assert.Equal(1, (await rig.ReadAsync()).TotalCount);
    }

    [Fact]
    public async Task Full_Redis_refuses_a_retry_and_keeps_the_letter_but_lets_letters_be_dropped()
    {
        await using var server = await RedisServer.StartAsync();
        await using var redis = await server.ConnectAsync();
        await FunctionLibrary.EnsureLoadedAsync(redis, CancellationToken.None);
        var rig = new StreamRig(redis, "events", TimeSpan.FromHours(1), 100);
        await rig.JoinAsync();
        await rig.AddAsync("event_type", "view", "value", "x");
        await rig.Consumer("a").DrainAsync();
        var letter = await SingleAsync(rig);
        await rig.RunAsync("CONFIG", "SET", "maxmemory", "1mb");
        var before = await rig.DumpAsync();
        Assert.Equal("OOM", (await Assert.ThrowsAsync<RedisReplyException>(() => RetryAsync(rig, letter, ("value", "1")))).Code);
        Assert.Equal(before, await rig.DumpAsync());
        Assert.Equal(1, await LettersOf(rig).DropAsync([letter.Id], default));
        Assert.Equal(0, await LettersOf(rig).DropAsync([letter.Id], default));
        Assert.Equal("1", await rig.MetaAsync("dead_dropped"));
    }

    [Fact]
    public async Task Retry_that_cannot_append_writes_nothing()
    {
        var rig = await fixture.NewStreamAsync();
        await rig.AddAsync("event_type", "view", "value", "x");
        await rig.Consumer("a").DrainAsync();
        var letter = await SingleAsync(rig);
        await rig.RunAsync("XADD", rig.Keys.Stream, "18446744073709551615-18446744073709551615", "event_type", "view"); // takes nothing more
        var before = await rig.DumpAsync();
        await Assert.ThrowsAsync<RedisReplyException>(() => RetryAsync(rig, letter));
        Assert.Equal(before, await rig.DumpAsync());
    }

    [Fact]
    public async Task Letters_pushed_out_by_the_bound_are_counted_and_those_of_foreigners_passed_over()
    {
        var rig = await fixture.NewStreamAsync();
        var consumer = rig.Consumer("a", new RecoveryLimits { DeadLettersMax = 200 });
        for (var i = 0; i < 700; i++) await rig.AddAsync("nothing", "known");
        await consumer.DrainAsync();
        await rig.RunAsync("XADD", rig.Keys.Dead, "*", "not", "ours");
        var letters = await AllAsync(rig);
        var books = (await rig.ReadAsync()).Books;
        Assert.InRange(letters.Count, 200, 350);
        Assert.Equal(700, letters.Count + books.DeadEvicted);
    }

    [Fact]
    public async Task Large_letters_come_in_pages_and_one_too_large_comes_without_its_fields()
    {
        var rig = await fixture.NewStreamAsync();
        for (var i = 0; i < 6; i++) await rig.AddAsync("a", new string('x', 900_000), "b", new string('y', 900_000));
        await rig.AddAsync([.. Enumerable.Range(0, 5).SelectMany(i => (string[])[$"f{i}", new string('z', 900_000)])]);
        for (var i = 0; i < 3; i++) await rig.AddAsync("small", "1");
        await rig.Consumer("a").DrainAsync();
        var letters = await AllAsync(rig);
        Assert.Equal(10, letters.Select(letter => letter.Id).Distinct().Count());
        var large = Assert.Single(letters, letter => !letter.IsWhole);
        Assert.Equal(("too_long", 0), (large.Reason, large.Fields.Count));
        Assert.Null(RetriedEntry.TryCreate(large, [], out _));
    }

    internal static DeadLetterStream LettersOf(StreamRig rig) => new(rig.Redis, rig.Keys);

    internal static async Task<List<StoredDeadLetter>> AllAsync(StreamRig rig)
    {
        var letters = new List<StoredDeadLetter>();
        await foreach (var letter in LettersOf(rig).ReadAsync(withFields: true, default)) letters.Add(letter);
        return letters;
    }

    internal static async Task<StreamEntryId?> RetryAsync(StreamRig rig, StoredDeadLetter letter, params (string Name, string Value)[] set)
    {
        var entry = RetriedEntry.TryCreate(letter, [.. set.Select(pair => KeyValuePair.Create(pair.Name, pair.Value))], out var refusal);
        Assert.True(entry is not null, refusal);
        return await LettersOf(rig).RetryAsync(letter.Id, entry, default);
    }

    /// <summary>Whatever is undelivered is dead-lettered as if it had brought its consumers down.</summary>
    internal static async Task GiveUpAsync(StreamRig rig)
    {
        await rig.Consumer("crashed").ReadAsync(1_000);
        await rig.Consumer("peer", new RecoveryLimits { DeliveriesMax = 1 }).RecoverAsync(TimeSpan.Zero, count: 1_000);
    }

    internal static async Task AddFrameAsync(StreamRig rig, byte[] frame) =>
        await rig.Redis.ExecuteAsync(new RespCommand("XADD", rig.Keys.Stream, "*").Add(FrameFormat.EntryField.ToArray()).Add(frame));

    private static async Task<StoredDeadLetter> SingleAsync(StreamRig rig) => Assert.Single(await AllAsync(rig));

    private static async Task<List<string>> EntryAsync(StreamRig rig, StreamEntryId id) =>
        [.. (await rig.RunAsync("XRANGE", rig.Keys.Stream, id.ToString(), id.ToString()))[0][1].Items.Chunk(2).Select(pair => $"{pair[0].AsText()}={pair[1].AsText()}")];
}
