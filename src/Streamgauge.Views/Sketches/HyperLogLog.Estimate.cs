namespace Streamgauge.Views;

public sealed partial class HyperLogLog
{
    private const double AlphaInfinity = 0.721347520444481703680; // 1 / (2 ln 2)

    /// <summary>How many different values there are, about: <see cref="StandardError"/> for large sets, nearly exact for some hundreds.</summary>
    /// <remarks>
    /// Source: O. Ertl, "New cardinality estimation algorithms for HyperLogLog sketches" (2017), algorithm 6, the improved raw estimator, which needs
    /// neither tables nor a switch between ranges; the same as in Redis (<c>src/hyperloglog.c</c>, <c>hllCount</c>).
    /// </remarks>
    public long Estimate()
    {
        var ranks = Ranks();
        if (ranks[0] == RegisterCount) return 0;
        const double Registers = RegisterCount;
        var z = Registers * Tau((Registers - ranks[RankMax]) / Registers);
        for (var rank = HashBits; rank >= 1; rank--) z = (z + ranks[rank]) * 0.5;
        z += Registers * Sigma(ranks[0] / Registers);
        return (long)Math.Round(AlphaInfinity * Registers * Registers / z);
    }

    /// <summary>Corrects for registers that are still zero; at most some 20 rounds for a share below one.</summary>
    private static double Sigma(double share)
    {
        double power = 1;
        var sum = share;
        double before;
        do
        {
            share *= share;
            before = sum;
            sum += share * power;
            power += power;
        }
        while (before < sum);
        return sum;
    }

    /// <summary>Corrects for registers that are full.</summary>
    private static double Tau(double share)
    {
        if (share is 0 or 1) return 0;
        double power = 1;
        var sum = 1 - share;
        double before;
        do
        {
            share = Math.Sqrt(share);
            before = sum;
            power *= 0.5;
            sum -= (1 - share) * (1 - share) * power;
        }
        while (before > sum);
        return sum / 3;
    }
}
