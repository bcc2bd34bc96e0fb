namespace Streamgauge.Streams.Tests;

/// <summary>Random tests name their seed, so that a failure can be played again: <c>SG_TEST_SEED=17 dotnet test</c>.</summary>
internal static class Seeded
{
    public static Random Random(out int seed)
    {
        seed = int.TryParse(Environment.GetEnvironmentVariable("SG_TEST_SEED"), out var given) ? given : Environment.TickCount;
        Console.WriteLine($"seed {seed}");
        return new Random(seed);
    }
}
