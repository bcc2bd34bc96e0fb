using Streamgauge.Resp;

namespace Streamgauge.Streams.Tests.Committing;

public sealed class DeadLetterTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    [Fact]
    public async Task Bad_entry_is_buried_whole_with_its_reason_while_its_neighbours_count()
    {
        var rig = await fixture.NewStreamAsync();
        await rig.AddClicksAsync(2);
        var bad = await rig.AddAsync("event_type", "click", "value", "1e5");
        await rig.AddClicksAsync(1);
        await rig.Consumer("a").DrainAsync();
        var letter = Assert.Single(await rig.DeadAsync());
        Assert.Equal((bad, "-1", "bad_value", StreamRig.Group, "a", "1e5"), (letter["origin"], letter["index"], letter["reason"], letter["group"], letter["consumer"], letter["f:value"]));
        var read = await rig.ReadAsync();
        Assert.Equal((3, 3, 1, 0), (read.TotalCount, read.Books.Entries, read.Books.DeadEntries, read.Books.DeadEvents));
    }

    [Fact]
    public async Task Hostile_field_names_cannot_pass_for_the_letters_own()
    {
        var rig = await fixture.NewStreamAsync();
        await rig.AddAsync("origin", "1-1", "reason", "none", "", "empty", "f:x", "y", "a\r\nb", "c");
        await rig.Consumer("a").DrainAsync();
        var fields = (await rig.RunAsync("XRANGE", rig.Keys.Dead, "-", "+"))[0][1].Items.Chunk(2).Select(pair => pair[0].AsText()).ToList();
        Assert.Equal(["origin", "index", "reason", "group", "consumer", "deliveries", "f:origin", "f:reason", "f:", "f:f:x", "f:a\r\nb"], fields);
    }

    [Theory]
    [InlineData("18446744073709551615-18446744073709551615")]
    [InlineData("18446744073709551615-18446744073709551614")] // room for one of the two
    public async Task Exhausted_dead_letter_stream_is_named_and_nothing_is_written(string last)
    {
        var rig = await fixture.NewStreamAsync();
        var consumer = rig.Consumer("a");
        await rig.AddAsync("nothing", "known");
        await rig.AddClicksAsync(1);
        await rig.AddAsync("nothing", "known");
        await rig.RunAsync("XADD", rig.Keys.Dead, last, "x", "y");
        await consumer.ReadAsync(10);
        var before = await rig.DumpAsync();
        var error = await Assert.ThrowsAsync<RedisReplyException>(() => consumer.CommitAsync());
        Assert.Equal("dead_letters_exhausted", Streams.Conditions.Of(error).Name);
        Assert.Equal(before, await rig.DumpAsync());

        await rig.RunAsync("RENAME", rig.Keys.Dead, $"{rig.Keys.Dead}-old");
        Assert.Equal(CommitOutcome.Counted, await consumer.CommitAsync());
        Assert.Equal(2, (await rig.DeadAsync()).Count);
        Assert.Equal(1, (await rig.ReadAsync()).TotalCount);
    }

    [Fact]
    public async Task Dead_letter_stream_is_bounded()
    {
        var rig = await fixture.NewStreamAsync();
        var consumer = rig.Consumer("a", new RecoveryLimits { DeadLettersMax = 200 });
        for (var i = 0; i < 700; i++) await rig.AddAsync("nothing", "known");
        await consumer.DrainAsync();
        Assert.InRange((await rig.RunAsync("XLEN", rig.Keys.Dead)).AsInteger(), 200, 350); // whole nodes of 100
        Assert.Equal("700", await rig.MetaAsync("dead_entries"));
    }
}
