using Streamgauge.Views;

namespace Streamgauge.Streams.Tests.Sessions;

/// <summary>Views of sessions declared, changed and dropped while a stream is counted.</summary>
public sealed class SessionRebuildTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    private static long NowMs => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task View_declared_while_events_come_in_finds_every_session_whole(bool hasBacklog)
    {
        var random = Seeded.Random(out var seed);
        var rig = await fixture.NewStreamAsync();
        var entries = SessionStream.Create(random, 2_500, NowMs, stepMs: 3_000); // two hours, and users keep their sessions for ten minutes
        await SessionStream.AppendAsync(rig, entries.Take(1_500));

        // When the rebuild begins, all that came is counted; or some is pending in between, and some not delivered yet.
        var (early, late) = (rig.Consumer("early"), rig.Consumer("late"));
        await early.ReadAsync(400);
        await early.CommitAsync();
        if (hasBacklog) await late.ReadAsync(300);
        await early.ReadAsync(hasBacklog ? 400 : 2_000);
        await early.CommitAsync();

        using var stop = new CancellationTokenSource();
        var counting = CountLiveAsync(rig, random, stop.Token);
        var appending = SessionStream.AppendAsync(rig, entries.Skip(1_500).Take(500));
        await rig.Editor.ApplyAsync([SessionStream.Visits, SessionStream.Users], drops: true, _ => SessionViewTests.TendAsync(rig).GetAwaiter().GetResult(), CancellationToken.None);
        await appending;
        await SessionStream.AppendAsync(rig, entries.Skip(2_000));
        while ((await rig.StreamGroup.StatusAsync(rig.Redis, CancellationToken.None)).OldestOpen is not null) await Task.Delay(5);
        await stop.CancelAsync();
        await counting;

        var catalog = await rig.CatalogAsync();
        Assert.All(catalog.Views, view => Assert.Equal(CatalogState.Active, view.State));
        foreach (var _ in Enumerable.Range(0, 3)) await SessionViewTests.TendAsync(rig);
        foreach (var view in catalog.Views) await NaiveSessions.AssertExactAsync(rig, view, entries, $"seed {seed}", NowMs);
    }

    [Fact]
    public async Task Another_gap_is_another_count_and_the_old_keys_go_but_another_retention_or_limit_is_not()
    {
        var rig = await fixture.NewStreamAsync();
        await rig.DeclareAsync(SessionStream.Visits);
        var entries = SessionStream.Create(new Random(1), 300, NowMs, stepMs: 500);
        await SessionStream.AppendAsync(rig, entries);
        await rig.Consumer("a", catalog: await rig.CatalogAsync()).DrainAsync();
        var old = (await rig.CatalogAsync()).Views[0];

        var rule = SessionStream.Visits.Sessions!;
        await rig.DeclareAsync(SessionStream.Visits with { Sessions = rule with { Retain = TimeSpan.FromMinutes(40) }, GroupsMax = 77 });
        var updated = Assert.Single((await rig.CatalogAsync()).Views);
        Assert.Equal((old.Generation, 77, 40.0), (updated.Generation, updated.Definition.GroupsMax, updated.Definition.Sessions!.Retain.TotalMinutes));
        await NaiveSessions.AssertExactAsync(rig, old, entries, "updated");

        await rig.DeclareAsync(SessionStream.Visits with { Sessions = rule with { Gap = TimeSpan.FromSeconds(20) } });
        var rebuilt = Assert.Single((await rig.CatalogAsync()).Views);
        Assert.True(rebuilt.Generation > old.Generation);
        await NaiveSessions.AssertExactAsync(rig, rebuilt, entries, "rebuilt");
        Assert.Empty(await NaiveSessions.StoredAsync(rig, old));
        await SessionViewTests.TendAsync(rig);
        Assert.Equal($"visits.{rebuilt.Generation}", await rig.MetaAsync("session_views"));

        await rig.DeclareAsync();
        Assert.Empty(await NaiveSessions.StoredAsync(rig, rebuilt));
        await SessionViewTests.TendAsync(rig);
        Assert.Equal("", await rig.MetaAsync("session_views"));
    }

    /// <summary>A processor: counts what comes, and takes up the new catalog when it is refused.</summary>
    private static async Task CountLiveAsync(StreamRig rig, Random random, CancellationToken stopping)
    {
        var catalog = await rig.CatalogAsync();
        var consumer = rig.Consumer("live", catalog: catalog);
        while (!stopping.IsCancellationRequested)
        {
            if (await consumer.ReadAsync(random.Next(1, 80)) == 0) await consumer.RecoverAsync(TimeSpan.Zero, random.Next(1, 80));
            if (consumer.Batch.Count == 0) await Task.Delay(2, CancellationToken.None);
            else if (await consumer.CommitAsync() == CommitOutcome.ViewsChanged)
            {
                consumer = rig.Consumer("live", catalog: await rig.CatalogAsync());
                await consumer.RecoverAsync(count: 100);
                if (consumer.Batch.Count > 0) await consumer.CommitAsync();
            }
        }
    }
}
