using Streamgauge.Resp;

namespace Streamgauge.Streams.Tests.Appending;

public sealed class AppendTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    private static readonly string[] Click = ["event_type", "click"];

    [Fact]
    public async Task Sequence_seen_before_is_dropped()
    {
        var rig = await fixture.NewStreamAsync();
        Assert.Equal("OK", await AppendAsync(rig, 1));
        Assert.Equal("OK", await AppendAsync(rig, 2));
        Assert.Equal("DUPLICATE", await AppendAsync(rig, 1));
        Assert.Equal("DUPLICATE", await AppendAsync(rig, 2, isOldest: true));
        Assert.Equal("OK", await AppendAsync(rig, 3));
        Assert.Equal(3, await LengthAsync(rig));
    }

    [Fact]
    public async Task Sequence_that_skips_is_refused_until_it_is_the_oldest_and_then_reported()
    {
        var rig = await fixture.NewStreamAsync();
        await AppendAsync(rig, 1);
        Assert.Equal("SGGAP", (await Assert.ThrowsAsync<RedisReplyException>(() => AppendAsync(rig, 3))).Code);
        Assert.Equal(1, await LengthAsync(rig));
        Assert.Equal("GAP", await AppendAsync(rig, 3, isOldest: true));
        Assert.Equal("DUPLICATE", await AppendAsync(rig, 2));
        Assert.Equal("OK", await AppendAsync(rig, 4));
    }

    [Fact]
    public async Task Producer_forgotten_by_the_server_goes_on_and_the_gap_is_reported()
    {
        var rig = await fixture.NewStreamAsync();
        for (var sequence = 1; sequence <= 3; sequence++) await AppendAsync(rig, sequence);
        await Task.Delay(5);
        await rig.StreamGroup.TendAsync(rig.Redis, new TendOptions { ForgetProducersAfter = TimeSpan.FromMilliseconds(1) }, CancellationToken.None);
        Assert.Equal(0, (await rig.RunAsync("HLEN", rig.Keys.Producers)).AsInteger());
        Assert.Equal("GAP", await AppendAsync(rig, 4, isOldest: true));
        Assert.Equal("OK", await AppendAsync(rig, 5));
    }

    [Fact]
    public async Task Producer_that_still_sends_is_not_forgotten()
    {
        var rig = await fixture.NewStreamAsync();
        await AppendAsync(rig, 1);
        await rig.StreamGroup.TendAsync(rig.Redis, new TendOptions { ForgetProducersAfter = TimeSpan.FromMinutes(1) }, CancellationToken.None);
        Assert.Equal("DUPLICATE", await AppendAsync(rig, 1));
    }

    [Fact]
    public async Task Records_of_producers_that_somebody_spoilt_do_not_stop_housekeeping()
    {
        var rig = await fixture.NewStreamAsync();
        await rig.RunAsync("HSET", rig.Keys.Producers, "spoilt", "poison");
        await rig.StreamGroup.TendAsync(rig.Redis, new TendOptions(), CancellationToken.None);
        Assert.Equal(0, (await rig.RunAsync("HLEN", rig.Keys.Producers)).AsInteger());
    }

    [Fact]
    public async Task Producers_do_not_share_sequences()
    {
        var rig = await fixture.NewStreamAsync();
        Assert.Equal("OK", (await rig.RunAsync(Call.Append(rig.Keys, "p", 1, isOldest: true, Click)))[0].AsText());
        Assert.Equal("OK", (await rig.RunAsync(Call.Append(rig.Keys, "q", 1, isOldest: true, Click)))[0].AsText());
    }

    [Theory]
    [InlineData("2", "1", "event_type", "click")] // the second entry is missing
    [InlineData("2", "1", "event_type", "click", "1", "event_type")] // the second entry is half there
    [InlineData("2", "1", "event_type", "click", "0")] // the second entry has no fields
    [InlineData("2", "1", "event_type", "click", "x", "event_type", "click")]
    [InlineData("1", "1", "event_type", "click", "extra")]
    [InlineData("0")]
    [InlineData("x")]
    public async Task Malformed_append_is_refused_whole(params string[] entries)
    {
        var rig = await fixture.NewStreamAsync();
        string[] call = ["FCALL", "sg_append_v1", "2", rig.Keys.Stream, rig.Keys.Producers, "p", "1", "1", .. entries];
        Assert.Equal("SGARGS", (await Assert.ThrowsAsync<RedisReplyException>(() => rig.RunAsync(call))).Code);
        Assert.Equal(0, await LengthAsync(rig));
        Assert.Equal("OK", await AppendAsync(rig, 1));
    }

    [Fact]
    public async Task Several_plain_entries_arrive_in_order_under_one_sequence()
    {
        var rig = await fixture.NewStreamAsync();
        await rig.RunAsync(Call.Append(rig.Keys, "p", 1, isOldest: true, ["event_type", "a"], ["event_type", "b"], ["event_type", "c"]));
        var entries = await rig.RunAsync("XRANGE", rig.Keys.Stream, "-", "+");
        Assert.Equal(["a", "b", "c"], entries.Items.Select(entry => entry[1][1].AsText()));
    }

    [Fact]
    public async Task Stream_of_a_wrong_type_leaves_the_sequence_free()
    {
        var rig = await fixture.NewStreamAsync();
        await rig.RunAsync("DEL", rig.Keys.Stream);
        await rig.RunAsync("SET", rig.Keys.Stream, "foreign");
        Assert.Equal("WRONGTYPE", (await Assert.ThrowsAsync<RedisReplyException>(() => AppendAsync(rig, 1))).Code);
        await rig.RunAsync("DEL", rig.Keys.Stream);
        Assert.Equal("OK", await AppendAsync(rig, 1));
    }

    private static async Task<string> AppendAsync(StreamRig rig, long sequence, bool isOldest = false) =>
        (await rig.RunAsync(Call.Append(rig.Keys, "p", sequence, isOldest, Click)))[0].AsText();

    private static async Task<long> LengthAsync(StreamRig rig) => (await rig.RunAsync("XLEN", rig.Keys.Stream)).AsInteger();
}
