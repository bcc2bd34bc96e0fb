using System.Globalization;
using Streamgauge.Events;
using Streamgauge.Streams.Tests.Declared;

namespace Streamgauge.Streams.Tests.DeadLetters;

/// <summary>Whatever is retried and dropped, the counters are those of the stream and the books balance.</summary>
public sealed class DeadLetterBooksTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    private const string Views = """{ "name": "sales", "group_by": ["product"], "measures": ["sum"], "window": ["1h", "all"] }""";

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Random_faults_retries_and_drops_leave_no_drift_and_the_totals_of_the_oracle(int seed)
    {
        var random = new Random(seed);
        var rig = await fixture.NewStreamAsync();
        await rig.DeclareAsync([.. DeclaredViewTests.Views(Views)]);
        var catalog = await rig.CatalogAsync();
        var (expected, retried, dropped) = (0L, 0L, 0L);
        for (var round = 0; round < 12; round++)
        {
            for (var i = 0; i < 20; i++) expected += await AddAsync(rig, random);
            if (random.Next(2) == 0) expected -= await GiveUpAsync(rig);
            await rig.Consumer("a", catalog: catalog).DrainAsync();
            foreach (var letter in await RetryTests.AllAsync(rig))
            {
                switch (random.Next(5))
                {
                    case 0:
                        dropped += await RetryTests.LettersOf(rig).DropAsync([letter.Id], default);
                        break;
                    case 1 or 2 when RetriedEntry.TryCreate(letter, letter.IsFrame ? [] : [KeyValuePair.Create("value", "1"), KeyValuePair.Create("event_type", "view"), KeyValuePair.Create("ts", "")], out _) is { } entry:
                        Assert.NotNull(await RetryTests.LettersOf(rig).RetryAsync(letter.Id, entry, default));
                        retried++;
                        expected += EventsOf(letter, entry);
                        break;
                }
            }

            if (random.Next(3) == 0) expected -= await GiveUpAsync(rig);
            await rig.Consumer("a", catalog: catalog).DrainAsync();
            var verified = await new StreamVerifier(rig.Redis, rig.Keys, StreamRig.Group).RunAsync(_ => { }, CancellationToken.None);
            Assert.True(verified.IsSound, $"seed {seed}, round {round}: {string.Join("; ", verified.Drifts.Take(3))}, unaccounted {verified.Books.Unaccounted}");
        }

        var read = await rig.ReadAsync();
        Assert.Equal((expected, retried, dropped), (read.TotalCount, read.Books.DeadRetried, read.Books.DeadDropped));
        Assert.Equal((await RetryTests.LettersOf(rig).ReadStatusAsync(default)).Stored, read.Books.DeadEntries + read.Books.DeadEvents - retried - dropped);
        Assert.True(retried > 20 && dropped > 10, $"seed {seed}: {retried} retried, {dropped} dropped");

        // A view that is built now counts the retained stream in the same way.
        await rig.DeclareAsync([.. DeclaredViewTests.Views(Views), .. DeclaredViewTests.Views("""{ "name": "later", "window": ["all"] }""")]);
        Assert.True((await new StreamVerifier(rig.Redis, rig.Keys, StreamRig.Group).RunAsync(_ => { }, CancellationToken.None)).IsSound);
    }

    [Fact]
    public async Task Entries_given_up_on_are_remembered_until_the_stream_is_trimmed_past_them()
    {
        var rig = await fixture.NewStreamAsync();
        await rig.AddClicksAsync(2);
        await RetryTests.GiveUpAsync(rig);
        Assert.Equal(2, (await rig.RunAsync("ZCARD", rig.Keys.Uncounted)).AsInteger());
        await rig.StreamGroup.TendAsync(rig.Redis, new TendOptions(), CancellationToken.None);
        Assert.Equal(2, (await rig.RunAsync("ZCARD", rig.Keys.Uncounted)).AsInteger());
        await rig.RunAsync("XTRIM", rig.Keys.Stream, "MAXLEN", "0");
        await rig.StreamGroup.TendAsync(rig.Redis, new TendOptions(), CancellationToken.None);
        Assert.Equal(0, (await rig.RunAsync("EXISTS", rig.Keys.Uncounted)).AsInteger());
    }

    /// <summary>One entry, sound or not; how many of its events count.</summary>
    private static async Task<int> AddAsync(StreamRig rig, Random random)
    {
        var value = random.Next(100).ToString(CultureInfo.InvariantCulture);
        switch (random.Next(8))
        {
            case 0:
                await rig.AddAsync("event_type", "view", "product", "p1", "value", "cheap");
                return 0;
            case 1:
                await rig.AddAsync("product", "p2", "ts", "yesterday");
                return 0;
            case 2:
                await RetryTests.AddFrameAsync(rig, Frame(spoilsOne: true));
                return 2;
            case 3:
                await RetryTests.AddFrameAsync(rig, Frame(spoilsOne: false));
                return 3;
            case 4:
                await rig.AddAsync("event_type", "view", "product", "p3", "note", new string('x', 5_000));
                return 0;
            default:
                await rig.AddAsync("event_type", "view", "product", $"p{value}", "value", value);
                return 1;
        }
    }

    private static int EventsOf(StoredDeadLetter letter, RetriedEntry entry)
    {
        if (!letter.IsFrame) return entry.Fault == EventFault.None ? 1 : 0;
        var batch = new EventBatch([]);
        new FrameDecoder(batch).Decode(letter.Fields[0].Value.Span, letter.Origin.ArrivalMs);
        return batch.Count;
    }

    // Three events; the one that is spoilt has a type no event may have.
    private static byte[] Frame(bool spoilsOne)
    {
        var writer = new FrameWriter();
        var nowMs = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        for (var i = 0; i < 3; i++) writer.Add(new EventFields { EventType = spoilsOne && i == 1 ? new byte[300] : "view"u8, Product = "laptop"u8, TimestampMs = nowMs });
        return writer.Seal().ToArray();
    }

    /// <summary>Dead-letters what is undelivered, sound entries among it; how many events that would have counted.</summary>
    private static async Task<long> GiveUpAsync(StreamRig rig)
    {
        var crashed = rig.Consumer("crashed");
        var read = await crashed.ReadAsync(1_000);
        if (read == 0) return 0;
        await rig.Consumer("peer", new RecoveryLimits { DeliveriesMax = 1 }).RecoverAsync(TimeSpan.Zero, count: 1_000);
        return crashed.Batch.Events.Count;
    }
}
