namespace Streamgauge.Views.Tests;

/// <summary>Random definitions of all that can be declared.</summary>
internal static class RandomView
{
    private static readonly string[] TextFields = ["product", "user_id", "session_id", "brand", "a.b-c$d", "_x"];
    private static readonly string[] Measures = ["count", "sum(value)", "avg(value)", "min(weight)", "max(value)", "unique(user_id)", "unique(brand)", "quantiles(value)", "quantiles(weight)"];
    private static readonly int[] Lengths = [1, 10, 60, 300, 3_600, 86_400, 604_800];

    public static ViewDefinition Create(Random random, string name)
    {
        EventFilter? filter = null;
        if (random.Next(3) > 0) Assert.True(EventFilter.TryParse(RandomFilter.Create(random, 2).Text, out filter, out _));
        var measures = new List<Measure>();
        foreach (var text in Some(random, Measures, random.Next(1, 6)))
        {
            Assert.True(MeasureSyntax.TryParse(text, out var measure, out _));
            measures.Add(measure);
        }

        var view = new ViewDefinition
        {
            Name = name,
            Description = random.Next(2) == 0 ? null : "what \"it\" is for: größe\n",
            Filter = filter,
            GroupsMax = random.Next(1, ViewLimits.GroupsMax + 1),
        };
        if (random.Next(4) == 0) return view with { Sessions = Sessions(random), Measures = [], Tiers = [] };
        return view with
        {
            GroupBy = [.. Some(random, TextFields, random.Next(4))],
            Measures = measures,
            Tiers = Tiers(random),
        };
    }

    private static SessionRule Sessions(Random random)
    {
        var gap = TimeSpan.FromSeconds(random.Next(1, 86_401));
        return new SessionRule(TextFields[random.Next(TextFields.Length)], gap, TimeSpan.FromSeconds(random.Next(1, (int)gap.TotalSeconds * SessionRule.RetainGapsMax)));
    }

    private static List<Tier> Tiers(Random random)
    {
        var tiers = new List<Tier>();
        long retainSeconds = 1;
        foreach (var length in Lengths)
        {
            if (random.Next(2) == 0 || tiers.Count == ViewLimits.TiersMax - 1) continue;
            retainSeconds = Math.Min(random.NextInt64(retainSeconds, (retainSeconds * 20) + length), Math.Min(length * (long)ViewLimits.BucketsMax, 3650L * 86_400));
            tiers.Add(new Tier(TimeSpan.FromSeconds(length), TimeSpan.FromSeconds(retainSeconds)));
        }

        if (tiers.Count == 0 || random.Next(2) == 0) tiers.Add(Tier.AllTime);
        return tiers;
    }

    private static IEnumerable<string> Some(Random random, string[] from, int count) => from.OrderBy(_ => random.Next()).Take(count).ToList();
}
