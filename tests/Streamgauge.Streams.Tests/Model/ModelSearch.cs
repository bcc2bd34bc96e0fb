using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Collections;
using Microsoft.FSharp.Core;
using Streamgauge.TestKit;

namespace Streamgauge.Streams.Tests.Model;

/// <summary>Looks for a sequence of steps after which a server and the model differ.</summary>
internal static class ModelSearch
{
    private const int Players = 4; // each in a database of its own, so that server and model work at the same time
    private const int SequencesPerSeed = 25;

    /// <summary>A server as the search needs it: with one entry per node, trimming is exact.</summary>
    public static Task<RedisServer> StartServerAsync() => RedisServer.StartAsync(new RedisServerOptions { Arguments = ["--stream-node-max-entries", "1"] });

    /// <summary>Plays random sequences until so many steps were played or something differs.</summary>
    public static async Task<SearchResult> RunAsync(RedisServer server, long stepsMax, ulong seed)
    {
        var steps = 0L;
        Counterexample? found = null;
        await Task.WhenAll(Enumerable.Range(0, Players).Select(number => Task.Run(async () =>
        {
            await using var redis = await server.ConnectAsync();
            await redis.ExecuteAsync(["SELECT", $"{number}"]);
            var player = new Player(redis);
            for (var own = seed + (ulong)number; found is null && Interlocked.Read(ref steps) < stepsMax; own += Players)
            {
                var before = player.Steps;
                var counterexample = Try(player, own);
                Interlocked.Add(ref steps, player.Steps - before);
                if (counterexample is not null) Interlocked.CompareExchange(ref found, counterexample, null);
            }
        })));
        return new SearchResult(steps, found);
    }

    // Shrinking takes the first smaller sequence that fails, so the last one that failed is the smallest.
    private static Counterexample? Try(Player player, ulong seed)
    {
        Counterexample? last = null;
        var property = Prop.ForAll(StepGenerator.Sequences, async (Step[] steps) =>
        {
            var difference = await player.FindDifferenceAsync(steps);
            if (difference is not null) last = new Counterexample(seed, steps, difference, last?.StepsUntilFound ?? player.Steps);
            return difference is null;
        });
        FsCheck.Check.One(Config.Quick.WithMaxTest(SequencesPerSeed).WithReplay(new Replay(new Rnd(seed), null)).WithRunner(new SilentRunner()), property);
        return last;
    }

    /// <summary>Says nothing: what was found is told by the test.</summary>
    private sealed class SilentRunner : IRunner
    {
        public void OnStartFixture(Type value)
        {
        }

        public void OnArguments(int value1, FSharpList<object> value2, FSharpFunc<int, FSharpFunc<FSharpList<object>, string>> value3)
        {
        }

        public void OnShrink(FSharpList<object> value1, FSharpFunc<FSharpList<object>, string> value2)
        {
        }

        public void OnFinished(string value1, TestResult value2)
        {
        }
    }
}

/// <summary>What a search came to.</summary>
internal sealed record SearchResult(long Steps, Counterexample? Found);

/// <summary>The smallest sequence found after which a server and the model differ.</summary>
/// <param name="StepsUntilFound">Steps its player had played when it met the first, unshrunk one.</param>
internal sealed record Counterexample(ulong Seed, IReadOnlyList<Step> Steps, string Difference, long StepsUntilFound)
{
    public override string ToString()
    {
        var text = new StringBuilder($"Library and model differ (SG_MODEL_SEED={Seed}) {Difference}\n");
        for (var i = 0; i < Steps.Count; i++) text.Append($"/* {i + 1} */ {Steps[i]},\n");
        return text.ToString();
    }
}
