using Streamgauge.TestKit;

namespace Streamgauge.Streams.Tests.Housekeeping;

public sealed class LeaseTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task One_at_a_time_has_a_lease_and_may_renew_it_and_give_it_back()
    {
        var rig = await fixture.NewStreamAsync();
        Assert.True(await LeaseAsync(rig, "a", Long));
        Assert.False(await LeaseAsync(rig, "b", Long));
        Assert.True(await LeaseAsync(rig, "a", Long));
        Assert.False(await LeaseAsync(rig, "b", TimeSpan.Zero)); // not b's to give back
        Assert.True(await LeaseAsync(rig, "a", TimeSpan.Zero));
        Assert.True(await LeaseAsync(rig, "b", Long));
    }

    [Fact]
    public async Task A_lease_that_is_not_renewed_ends_by_itself()
    {
        var rig = await fixture.NewStreamAsync();
        Assert.True(await LeaseAsync(rig, "a", TimeSpan.FromMilliseconds(50)));
        await Eventually.Async(() => LeaseAsync(rig, "b", Long), "the lease is free");
    }

    [Fact]
    public async Task A_watch_tells_the_age_of_pending_entries_and_the_books()
    {
        var rig = await fixture.NewStreamAsync();
        var id = await rig.AddAsync("event_type", "click");
        Assert.Equal(TimeSpan.Zero, (await WatchAsync(rig)).PendingIdle);
        await rig.Consumer("a").ReadAsync(1);
        await Eventually.Async(async () => (await WatchAsync(rig)).PendingIdle > TimeSpan.FromMilliseconds(30), "the entry waits");
        var watch = await WatchAsync(rig);
        Assert.Equal(id.Split('-')[0], watch.NewestEntry!.Value.ToUnixTimeMilliseconds().ToString());
        Assert.Equal((0L, 0L, 0L), (watch.Repeated, watch.Lost, watch.Commits));
    }

    private static Task<bool> LeaseAsync(StreamRig rig, string token, TimeSpan length) => rig.StreamGroup.LeaseAsync(rig.Redis, "work", token, length, CancellationToken.None);

    private static Task<GroupWatch> WatchAsync(StreamRig rig) => rig.StreamGroup.WatchAsync(rig.Redis, CancellationToken.None);
}
