namespace Streamgauge.Streams.Tests.Housekeeping;

public sealed class TendTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    private static readonly TendOptions TrimAll = new() { Retain = TimeSpan.Zero };

    [Fact]
    public async Task What_any_group_has_not_acknowledged_stays_readable()
    {
        var random = Seeded.Random(out var seed);
        var rig = await fixture.NewStreamAsync();
        var stream = rig.Keys.Stream;
        await rig.RunAsync("CONFIG", "SET", "stream-node-max-entries", "3"); // trimming goes by whole nodes
        await rig.RunAsync("XGROUP", "CREATE", stream, "other", "0");
        var open = new Dictionary<string, SortedSet<string>>(StringComparer.Ordinal) { [StreamRig.Group] = [], ["other"] = [] };
        var all = new List<string>();
        var trimmed = 0L;
        for (var step = 0; step < 400; step++)
        {
            var group = random.Next(2) == 0 ? StreamRig.Group : "other";
            switch (random.Next(7))
            {
                case 0 or 1:
                    foreach (var id in await rig.AddClicksAsync(random.Next(1, 6)))
                    {
                        all.Add(id);
                        foreach (var ids in open.Values) ids.Add(id);
                    }

                    break;
                case 2 or 3:
                    await rig.RunAsync("XREADGROUP", "GROUP", group, $"c{random.Next(2)}", "COUNT", $"{random.Next(1, 8)}", "STREAMS", stream, ">");
                    break;
                case 4 or 5:
                    var pending = (await rig.RunAsync("XPENDING", stream, group, "-", "+", "100")).Items.Select(item => item[0].AsText()).Where(_ => random.Next(4) > 0).ToList();
                    foreach (var id in pending)
                    {
                        await rig.RunAsync("XACK", stream, group, id);
                        open[group].Remove(id);
                    }

                    break;
                case 6 when random.Next(8) == 0 && all.Count > 0: // the other group replays what is still there
                    await rig.RunAsync("XGROUP", "SETID", stream, "other", "0");
                    foreach (var entry in (await rig.RunAsync("XRANGE", stream, "-", "+")).Items) open["other"].Add(entry[0].AsText());
                    break;
                default:
                    trimmed += (await rig.StreamGroup.TendAsync(rig.Redis, random.Next(2) == 0 ? TrimAll : new TendOptions { RetainBytesMax = 1 }, CancellationToken.None)).TrimmedEntries;
                    break;
            }
        }

        var left = (await rig.RunAsync("XRANGE", stream, "-", "+")).Items.Select(entry => entry[0].AsText()).ToHashSet(StringComparer.Ordinal);
        foreach (var (group, ids) in open) Assert.True(ids.IsSubsetOf(left), $"seed {seed}: {group} lost {string.Join(' ', ids.Except(left))}");
        Assert.True(trimmed > 0, $"seed {seed}: nothing was ever trimmed");
    }

    [Fact]
    public async Task Size_above_the_bound_trims_counted_entries_before_their_time()
    {
        var rig = await fixture.NewStreamAsync();
        for (var i = 0; i < 300; i++) await rig.AddAsync("event_type", "click", "x", new string('x', 4_000));
        await rig.Consumer("a").DrainAsync();
        var options = new TendOptions { RetainBytesMax = 600_000 };
        for (var round = 0; round < 5; round++) await rig.StreamGroup.TendAsync(rig.Redis, options, CancellationToken.None);
        var result = await rig.StreamGroup.TendAsync(rig.Redis, options, CancellationToken.None);
        Assert.InRange(result.StreamBytes, 100_000, 700_000);
        Assert.InRange(result.StreamLength, 50, 200);
    }

    [Fact]
    public async Task Floor_never_goes_backwards()
    {
        var rig = await fixture.NewStreamAsync();
        await rig.AddClicksAsync(5);
        await rig.Consumer("a").DrainAsync();
        var floor = await rig.MetaAsync("floor");
        await rig.RunAsync("XGROUP", "SETID", rig.Keys.Stream, StreamRig.Group, "0");
        await rig.StreamGroup.TendAsync(rig.Redis, new TendOptions(), CancellationToken.None);
        Assert.Equal(floor, await rig.MetaAsync("floor"));
        await rig.Consumer("a").ReadAsync(2);
        await rig.StreamGroup.TendAsync(rig.Redis, new TendOptions(), CancellationToken.None);
        Assert.Equal(floor, await rig.MetaAsync("floor"));
    }

    [Fact]
    public async Task Idle_consumers_are_forgotten_only_when_they_hold_nothing()
    {
        var rig = await fixture.NewStreamAsync();
        await rig.AddClicksAsync(2);
        await rig.Consumer("holder").ReadAsync(1);
        await rig.Consumer("done").DrainAsync();
        await Task.Delay(20);
        var result = await rig.StreamGroup.TendAsync(rig.Redis, new TendOptions { ForgetConsumersAfter = TimeSpan.FromMilliseconds(5) }, CancellationToken.None);
        Assert.Equal(1, result.ForgottenConsumers);
        Assert.Equal(["holder"], (await rig.StreamGroup.StatusAsync(rig.Redis, CancellationToken.None)).Consumers.Select(consumer => consumer.Name));
        Assert.Equal(1, await rig.PendingAsync());
    }

    [Fact]
    public async Task Consumer_that_leaves_is_forgotten_unless_it_holds_entries()
    {
        var rig = await fixture.NewStreamAsync();
        await rig.AddClicksAsync(3);
        var consumer = rig.Consumer("a");
        await consumer.ReadAsync(10);
        Assert.Equal(3, await rig.StreamGroup.LeaveAsync(rig.Redis, "a", CancellationToken.None));
        Assert.Equal(3, await rig.PendingAsync());
        await consumer.CommitAsync();
        Assert.Equal(0, await rig.StreamGroup.LeaveAsync(rig.Redis, "a", CancellationToken.None));
        Assert.Equal(0, await rig.StreamGroup.LeaveAsync(rig.Redis, "nobody", CancellationToken.None));
        Assert.Empty((await rig.StreamGroup.StatusAsync(rig.Redis, CancellationToken.None)).Consumers);
    }

    [Fact]
    public async Task Status_tells_lag_from_ids_also_without_stream_or_group()
    {
        var rig = new StreamRig(fixture.Redis, "nowhere", TimeSpan.FromHours(1), 10);
        var status = await rig.StreamGroup.StatusAsync(rig.Redis, CancellationToken.None);
        Assert.Equal((false, 0, TimeSpan.Zero), (status.GroupExists, status.StreamLength, status.Lag));

        await rig.RunAsync("XADD", rig.Keys.Stream, "1000-0", "event_type", "old");
        status = await rig.StreamGroup.StatusAsync(rig.Redis, CancellationToken.None);
        Assert.Equal((false, 1, 1000), (status.GroupExists, status.StreamLength, status.OldestOpen!.Value.ToUnixTimeMilliseconds()));
        Assert.True(status.Lag > TimeSpan.FromDays(365));

        await rig.JoinAsync();
        var consumer = rig.Consumer("a");
        await consumer.ReadAsync(1);
        await rig.AddClicksAsync(1);
        status = await rig.StreamGroup.StatusAsync(rig.Redis, CancellationToken.None);
        Assert.Equal((true, 1, 1000, 2), (status.GroupExists, status.Pending, status.OldestOpen!.Value.ToUnixTimeMilliseconds(), status.EntriesAdded));
        await consumer.CommitAsync();
        await consumer.DrainAsync();
        status = await rig.StreamGroup.StatusAsync(rig.Redis, CancellationToken.None);
        Assert.Equal((0, null, TimeSpan.Zero, status.Now), (status.Pending, status.OldestOpen, status.Lag, status.CompleteThrough));
    }
}
