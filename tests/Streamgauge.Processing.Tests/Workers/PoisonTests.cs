using System.Text.RegularExpressions;
using Streamgauge.Resp;
using Streamgauge.Streams;
using Streamgauge.TestKit;

namespace Streamgauge.Processing.Tests.Workers;

/// <summary>An entry that cannot be counted is worked out alone: its neighbours count meanwhile, and nothing is dead-lettered for the fault of somebody else.</summary>
public sealed partial class PoisonTests
{
    private const string RefusePoison = "for i = 1, #args do if args[i] == 'poison' then refuse_arguments('poison') end end";
    private const string RefuseAll = "refuse_arguments('whatever')";

    // To a worker a failure that passes: it is stopped by the test as soon as the mark is there, as if the entry had brought it down.
    private const string DieOfPoison = "for i = 1, #args do if args[i] == 'poison' then redis.call('SET', '{events}:died', args[2]) error(redis.error_reply('BUSY dying')) end end";

    [Fact]
    public async Task Entry_that_is_refused_is_found_among_its_neighbours_and_dead_lettered_while_they_count()
    {
        await using var rig = await ProcessorRig.StartAsync();
        await SpoilAsync(rig, RefusePoison);
        await rig.AddPlainAsync(700);
        var poison = await AddPoisonAsync(rig);
        await rig.AddPlainAsync(200);
        await rig.AddFrameAsync(300);
        var second = await AddPoisonAsync(rig);
        await rig.AddPlainAsync(100);
        await rig.ProcessAsync();
        await rig.AllCountedOnceAsync();
        var letters = (await rig.RunAsync("XRANGE", rig.Keys.Dead, "-", "+")).Items;
        Assert.Equal([poison, second], letters.Select(letter => letter[1].Get("origin")!.AsText()).Order(StringComparer.Ordinal));
        Assert.All(letters, letter => Assert.Equal(("commit_refused", "poison"), (letter[1].Get("reason")!.AsText(), letter[1].Get("f:product")!.AsText())));
        Assert.Equal(2, rig.Metrics["dead_letters commit_refused"]);
        Assert.True((await VerifyAsync(rig)).IsSound); // although the entry can be read as well as any other
    }

    [Fact]
    public async Task Entry_that_is_refused_waits_until_another_is_counted()
    {
        await using var rig = await ProcessorRig.StartAsync();
        await SpoilAsync(rig, RefusePoison);
        var poison = await AddPoisonAsync(rig);
        await rig.ProcessAsync();
        await Eventually.Async(() => rig.Log.Lines.Any(line => line.StartsWith("2301 Error", StringComparison.Ordinal) && line.Contains($"entry {poison} is refused", StringComparison.Ordinal)), "the worker says that an entry is refused");
        Assert.Equal(0, (await rig.RunAsync("XLEN", rig.Keys.Dead)).AsInteger());
        await rig.AddPlainAsync(1);
        await rig.AllCountedOnceAsync();
        Assert.Equal(1, (await rig.RunAsync("XLEN", rig.Keys.Dead)).AsInteger());
    }

    [Fact]
    public async Task Nothing_is_dead_lettered_when_every_entry_is_refused_and_all_count_once_that_is_put_right()
    {
        await using var rig = await ProcessorRig.StartAsync();
        await SpoilAsync(rig, RefuseAll);
        await rig.AddPlainAsync(300);
        await rig.ProcessAsync();
        await Eventually.Async(() => rig.Log.Lines.Any(line => line.Contains("16 entries are refused", StringComparison.Ordinal)), "as many as are tried are set aside");
        await rig.AddPlainAsync(300);
        await Eventually.Async(() => rig.Log.Lines.Any(line => line.StartsWith("2301 Error", StringComparison.Ordinal)), "the worker says that it cannot count");
        Assert.Equal(0, (await rig.RunAsync("XLEN", rig.Keys.Dead)).AsInteger());
        await rig.RunAsync("FUNCTION", "LOAD", "REPLACE", FunctionLibrary.Source);
        await rig.AllCountedOnceAsync();
        Assert.Equal(0, (await rig.RunAsync("XLEN", rig.Keys.Dead)).AsInteger());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Key_that_somebody_spoilt_is_named_and_no_entry_is_dead_lettered_for_it(bool isBucket)
    {
        await using var rig = await ProcessorRig.StartAsync();
        var sixHoursMs = (long)TimeSpan.FromHours(6).TotalMilliseconds;
        var nowMs = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        var key = isBucket ? rig.Keys.Bucket("sessions", nowMs - (nowMs % sixHoursMs)) : rig.Keys.Aggregates;
        await rig.RunAsync("SET", key, "not ours");
        await rig.AddPlainAsync(50);
        var service = await rig.ProcessAsync();
        await Eventually.Async(() => rig.Log.Lines.Any(line => line.StartsWith("2301 Error", StringComparison.Ordinal) && line.Contains($"{key} is a string", StringComparison.Ordinal)), "the key is named");
        Assert.Contains("(wrong_type)", service.Problem, StringComparison.Ordinal);
        Assert.Equal(0, (await rig.RunAsync("XLEN", rig.Keys.Dead)).AsInteger());
        await rig.RunAsync("DEL", key);
        await rig.AllCountedOnceAsync();
    }

    [Fact]
    public async Task Entry_that_brings_its_consumers_down_delays_ten_thousand_neighbours_by_a_few_deaths_only_and_is_dead_lettered_in_the_end()
    {
        const int DeliveriesMax = 10;
        await using var rig = await ProcessorRig.StartAsync();
        await SpoilAsync(rig, DieOfPoison);
        await rig.AddPlainAsync(5_000);
        var poison = await AddPoisonAsync(rig);
        await rig.AddPlainAsync(5_000);

        var (deaths, deathsUntilOthersCounted) = (0, 0);
        while (true)
        {
            var service = await rig.ProcessAsync(options =>
            {
                options.Connection = new RedisOptions { CommandTimeout = TimeSpan.FromMilliseconds(400), ConnectTimeout = TimeSpan.FromSeconds(1) };
                options.ClaimAfter = TimeSpan.FromMilliseconds(600);
                options.Recovery = new RecoveryLimits { DeliveriesMax = DeliveriesMax };
            });
            await rig.AddPlainAsync(10); // what comes meanwhile counts too
            await Eventually.Async(
                async () => (await rig.RunAsync("EXISTS", "{events}:died", rig.Keys.Dead)).AsInteger() > 0, $"the entry brings its consumer down or is buried, after {deaths} deaths");
            if ((await rig.RunAsync("XLEN", rig.Keys.Dead)).AsInteger() > 0) break;
            await rig.StopAsync(service);
            await rig.RunAsync("DEL", "{events}:died");
            deaths++;
            if (deathsUntilOthersCounted == 0 && (await rig.ReadAsync()).TotalCount >= 10_000) deathsUntilOthersCounted = deaths;
        }

        await rig.AllCountedOnceAsync();
        Assert.Equal(DeliveriesMax, deaths);
        Assert.InRange(deathsUntilOthersCounted, 1, new RecoveryLimits().IsolateAtDeliveries + 2);
        var letter = Assert.Single((await rig.RunAsync("XRANGE", rig.Keys.Dead, "-", "+")).Items)[1];
        Assert.Equal((poison, "too_many_deliveries", $"{DeliveriesMax}"), (letter.Get("origin")!.AsText(), letter.Get("reason")!.AsText(), letter.Get("deliveries")!.AsText()));
        Assert.True((await VerifyAsync(rig)).IsSound);
    }

    [Fact]
    public async Task Neighbours_that_are_handed_out_alone_do_not_wait_for_new_entries()
    {
        await using var rig = await ProcessorRig.StartAsync();
        await rig.RunAsync("XGROUP", "CREATE", rig.Keys.Stream, ProcessorRig.Group, "0", "MKSTREAM");
        await rig.AddPlainAsync(250);
        for (var i = 0; i < 4; i++) await rig.RunAsync("XREADGROUP", "GROUP", ProcessorRig.Group, "dead", "COUNT", "250", "STREAMS", rig.Keys.Stream, i == 0 ? ">" : "0");
        await rig.ProcessAsync();
        await Eventually.Async(async () => (await rig.ReadAsync()).TotalCount > 0, "the first is taken over");
        await rig.AllCountedOnceAsync(TimeSpan.FromSeconds(10)); // 250 waits of 0.2 s would be 50
    }

    private static Task<string> AddPoisonAsync(ProcessorRig rig) => rig.AddAsync("event_type", "click", "product", "poison");

    private static Task<Verification> VerifyAsync(ProcessorRig rig) => new StreamVerifier(rig.Redis, rig.Keys, ProcessorRig.Group).RunAsync(_ => { }, CancellationToken.None);

    /// <summary>Puts a step before everything a commit does; the revision keeps a processor from loading its own library over it.</summary>
    private static Task SpoilAsync(ProcessorRig rig, string step)
    {
        const string Head = "local function commit(keys, args)\n";
        Assert.Contains(Head, FunctionLibrary.Source, StringComparison.Ordinal);
        var source = Revision().Replace(FunctionLibrary.Source, "local REVISION = 999999", 1).Replace(Head, Head + "  " + step + "\n", StringComparison.Ordinal);
        return rig.RunAsync("FUNCTION", "LOAD", "REPLACE", source);
    }

    [GeneratedRegex(@"(?m)^local REVISION = \d+", RegexOptions.None, 1000)]
    private static partial Regex Revision();
}
