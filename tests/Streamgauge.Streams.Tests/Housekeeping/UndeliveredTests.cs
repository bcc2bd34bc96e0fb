namespace Streamgauge.Streams.Tests.Housekeeping;

public sealed class UndeliveredTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    [Fact]
    public async Task Entries_that_wait_are_counted_until_they_are_handed_out()
    {
        var rig = await fixture.NewStreamAsync();
        Assert.Equal(0, await CountAsync(rig));
        await rig.AddClicksAsync(7);
        Assert.Equal(7, await CountAsync(rig));
        await rig.Consumer("c").ReadAsync(3);
        Assert.Equal(4, await CountAsync(rig));
        await rig.Consumer("c").ReadAsync(10);
        Assert.Equal(0, await CountAsync(rig));
    }

    [Fact]
    public async Task Trimming_what_is_counted_changes_nothing()
    {
        var rig = await fixture.NewStreamAsync();
        await rig.RunAsync("CONFIG", "SET", "stream-node-max-entries", "3"); // trimming goes by whole nodes
        await rig.AddClicksAsync(30);
        var consumer = rig.Consumer("c");
        await consumer.ReadAsync(20);
        await consumer.CommitAsync();
        Assert.True((await rig.StreamGroup.TendAsync(rig.Redis, new TendOptions { Retain = TimeSpan.Zero }, CancellationToken.None)).TrimmedEntries > 0);
        Assert.Equal(10, await CountAsync(rig));
    }

    [Fact]
    public async Task A_number_nobody_knows_is_unknown_and_known_again_once_the_group_has_caught_up()
    {
        var rig = await fixture.NewStreamAsync();
        await rig.AddClicksAsync(3);
        await rig.Consumer("c").ReadAsync(1);
        var waiting = await rig.AddClicksAsync(5);
        await rig.RunAsync("XDEL", rig.Keys.Stream, waiting[2]); // now Redis itself says nil
        Assert.Null(await CountAsync(rig));
        Assert.Null((await rig.ReadAsync()).Undelivered);

        await rig.Consumer("c").ReadAsync(100);
        Assert.Equal(0, await CountAsync(rig));
        await rig.AddClicksAsync(2);
        Assert.Equal(2, await CountAsync(rig));
    }

    [Fact]
    public async Task Without_a_group_nobody_knows()
    {
        var rig = await fixture.NewStreamAsync();
        await rig.AddClicksAsync(3);
        await rig.RunAsync("XGROUP", "DESTROY", rig.Keys.Stream, StreamRig.Group);
        Assert.Null(await CountAsync(rig));
        await rig.RunAsync("DEL", rig.Keys.Stream);
        Assert.Null(await CountAsync(rig));
    }

    private static Task<long?> CountAsync(StreamRig rig) => rig.StreamGroup.CountUndeliveredAsync(rig.Redis, CancellationToken.None);
}
