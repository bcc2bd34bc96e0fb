using System.Numerics;

namespace Streamgauge.Views.Tests;

public class LogHistogramTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(99, 99)]
    [InlineData(100, 99)]
    [InlineData(101, 100)]
    [InlineData(-100, -99)]
    [InlineData(1_000_000, 573)]
    [InlineData(19_990_000, 723)]
    [InlineData(1_000_000_000_000_000, 1609)]
    [InlineData(long.MaxValue, 2065)]
    [InlineData(-long.MaxValue, -2065)]
    [InlineData(long.MinValue, -2065)]
    public void Index_of_a_value_never_changes(long micros, int index) => Assert.Equal(index, LogHistogram.IndexOf(micros));

    [Fact]
    public void Bounds_are_those_of_the_formula()
    {
        BigInteger bound = 1;
        for (var index = 1; index <= LogHistogram.IndexMax; index++)
        {
            Assert.Equal(index, LogHistogram.IndexOf((long)bound));
            Assert.Equal(-index, LogHistogram.IndexOf(-(long)bound));
            Assert.Equal(index - 1, LogHistogram.IndexOf((long)bound - 1));
            bound = BigInteger.Max(bound + 1, bound * 101 / 99);
        }

        Assert.True(bound > long.MaxValue);
    }

    [Fact]
    public void Every_value_is_within_one_percent_of_its_cell()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        for (var value = 0L; value < 200_000; value++) AssertClose(value, LogHistogram.ValueOf(LogHistogram.IndexOf(value)), "small");
        for (var round = 0; round < 200_000; round++)
        {
            var value = random.NextInt64() >> random.Next(63);
            AssertClose(value, LogHistogram.ValueOf(LogHistogram.IndexOf(value)), $"seed {seed}");
            AssertClose(-value, LogHistogram.ValueOf(LogHistogram.IndexOf(-value)), $"seed {seed}");
        }

        for (var index = 2; index <= LogHistogram.IndexMax; index++) // the edges of every cell
        {
            var lower = (long)LogBounds.LowerOf(index);
            AssertClose(lower, LogHistogram.ValueOf(index), "lower");
            AssertClose(lower - 1, LogHistogram.ValueOf(index - 1), "upper");
        }
    }

    [Theory]
    [InlineData("lognormal")]
    [InlineData("constant")]
    [InlineData("negatives")]
    [InlineData("huge")]
    [InlineData("few")]
    public void Quantiles_are_within_one_percent_of_the_exact_ones(string shape)
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var values = new long[shape == "few" ? 7 : 20_000];
        for (var i = 0; i < values.Length; i++) values[i] = Next(shape, random);
        var histogram = new LogHistogram();
        var parts = new[] { new LogHistogram(), new LogHistogram(), new LogHistogram() };
        foreach (var value in values)
        {
            histogram.Add(LogHistogram.IndexOf(value), 1);
            parts[random.Next(3)].Add(LogHistogram.IndexOf(value), 1);
        }

        var merged = new LogHistogram();
        merged.Add(17, 5);
        merged.Clear();
        foreach (var part in parts) merged.Merge(part);
        Assert.Equal(histogram.Cells(), merged.Cells());
        Assert.Equal(values.Length, merged.Count);

        Array.Sort(values);
        foreach (var q in new[] { 0, 0.001, 0.07, 0.25, 0.5, 0.9, 0.95, 0.99, 0.999, 1 })
        {
            var exact = values[Math.Max(0, (int)Math.Ceiling((q * values.Length) - 1e-9) - 1)];
            AssertClose(exact, merged.Quantile(q)!.Value, $"seed {seed}, q {q}");
        }
    }

    [Fact]
    public void Nothing_has_no_quantile()
    {
        var histogram = new LogHistogram();
        Assert.Null(histogram.Quantile(0.5));
        Assert.Empty(histogram.Cells());
        histogram.Add(3, 0);
        histogram.Merge(new LogHistogram());
        histogram.Clear();
        Assert.Equal(0, histogram.Count);
    }

    [Fact]
    public void Indexes_that_no_value_has_and_negative_counts_are_refused()
    {
        var histogram = new LogHistogram();
        Assert.Throws<ArgumentOutOfRangeException>(() => histogram.Add(LogHistogram.IndexMax + 1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => histogram.Add(-LogHistogram.IndexMax - 1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => histogram.Add(int.MinValue, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => histogram.Add(1, -1));
        histogram.Add(LogHistogram.IndexMax, 1);
        histogram.Add(-LogHistogram.IndexMax, 1);
        Assert.Equal(2, histogram.Count);
    }

    private static long Next(string shape, Random random) => shape switch
    {
        "lognormal" or "few" => (long)(Math.Exp(Normal(random) * 1.5) * 20_000_000),
        "constant" => 19_990_000,
        "negatives" => random.NextInt64(-5_000_000, 1_000_000),
        _ => (random.NextInt64() >> random.Next(63)) * (random.Next(2) == 0 ? 1 : -1),
    };

    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private static void AssertClose(long exact, long estimate, string because) =>
        Assert.True(BigInteger.Abs((BigInteger)estimate - exact) * 100 <= BigInteger.Abs(exact), $"{estimate} for {exact}: {because}");
}
