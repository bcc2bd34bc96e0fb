using System.Globalization;

namespace Streamgauge.Streams.Tests.Committing;

/// <summary>Random operations of processors, crashes and operators against one rule: every event is counted once.</summary>
public sealed class CountedOnceModelTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    private const int Operations = 2_000;
    private const int Consumers = 3;
    private static readonly RecoveryLimits NeverGiveUp = new() { DeliveriesMax = int.MaxValue, IsolateAtDeliveries = int.MaxValue };

    [Fact]
    public async Task Every_event_is_counted_once_whatever_processors_and_operators_do()
    {
        var random = Seeded.Random(out var seed);
        var rig = await fixture.NewStreamAsync();
        var appended = 0;
        var names = Enumerable.Range(0, Consumers).Select(number => $"c{number}").ToArray();
        var hands = names.Select(_ => new List<TestConsumer>()).ToArray(); // batches each consumer has in memory
        var stale = new List<TestConsumer>(); // batches of the past, which some delayed packet commits again

        for (var operation = 0; operation < Operations; operation++)
        {
            var who = random.Next(Consumers);
            var hand = hands[who];
            switch (random.Next(100))
            {
                case < 25:
                    for (var i = random.Next(1, 5); i > 0; i--) await rig.AddAsync("event_type", "click", "product", $"p{appended++}");
                    break;
                case < 50:
                    var reader = rig.Consumer(names[who], NeverGiveUp);
                    if (await reader.ReadAsync(random.Next(1, 8)) > 0) hand.Add(reader);
                    break;
                case < 75:
                    if (hand.Count == 0) break;
                    var batch = hand[random.Next(hand.Count)];
                    await batch.CommitAsync();
                    hand.Remove(batch);
                    if (random.Next(4) == 0) stale.Add(batch);
                    break;
                case < 82:
                    var own = rig.Consumer(names[who], NeverGiveUp);
                    await own.RecoverAsync(count: random.Next(1, 10));
                    if (own.Batch.Count > 0 && random.Next(3) > 0) await own.CommitAsync();
                    else if (own.Batch.Count > 0) hand.Add(own);
                    break;
                case < 88:
                    var claimer = rig.Consumer(names[who], NeverGiveUp);
                    await claimer.RecoverAsync(TimeSpan.Zero, random.Next(1, 10));
                    if (claimer.Batch.Count > 0) hand.Add(claimer);
                    break;
                case < 92:
                    if (stale.Count > 0) await stale[random.Next(stale.Count)].CommitAsync();
                    break;
                case < 94:
                    hand.Clear();
                    if (random.Next(2) == 0) names[who] = $"c{operation}";
                    break;
                case < 96:
                    await rig.RunAsync("XGROUP", "SETID", rig.Keys.Stream, StreamRig.Group, await SomeIdAsync(rig, random));
                    break;
                case < 97:
                    await rig.RunAsync("XGROUP", "DESTROY", rig.Keys.Stream, StreamRig.Group);
                    await rig.JoinAsync();
                    break;
                default:
                    await rig.StreamGroup.TendAsync(rig.Redis, new TendOptions { Retain = random.Next(4) == 0 ? TimeSpan.Zero : TimeSpan.FromHours(1) }, CancellationToken.None);
                    break;
            }
        }

        await CountedOnceTests.DrainAsync(rig);
        var counts = (await rig.ReadAsync()).Products.Top(int.MaxValue).ToDictionary(product => product.Name, product => product.Count);
        var wrong = Enumerable.Range(0, appended).Where(number => counts.GetValueOrDefault($"p{number}") != 1).Select(number => $"p{number}: {counts.GetValueOrDefault($"p{number}")}").ToList();
        Assert.True(wrong.Count == 0, $"seed {seed}: of {appended} events not counted once: {string.Join(", ", wrong)}");
        Assert.Equal(appended, (await rig.ReadAsync()).TotalCount);
        Assert.Equal(appended, long.Parse((await rig.MetaAsync("events"))!, CultureInfo.InvariantCulture));
    }

    /// <summary>An id not beyond what the group delivered: set forwards, it would skip entries on purpose.</summary>
    private static async Task<string> SomeIdAsync(StreamRig rig, Random random)
    {
        var delivered = (await rig.RunAsync("XINFO", "GROUPS", rig.Keys.Stream))[0].Get("last-delivered-id")!.AsText();
        var entries = await rig.RunAsync("XRANGE", rig.Keys.Stream, "-", delivered);
        return entries.Items.Count == 0 || random.Next(3) == 0 ? "0" : entries[random.Next(entries.Items.Count)][0].AsText();
    }
}
