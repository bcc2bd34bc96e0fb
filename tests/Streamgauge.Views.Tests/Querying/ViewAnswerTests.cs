namespace Streamgauge.Views.Tests;

/// <summary>Random questions about random facts, against <see cref="NaiveAnswer"/>.</summary>
public class ViewAnswerTests
{
    private const long DayMs = 86_400_000;
    private static readonly TimeSpan Kept = TimeSpan.FromDays(400);
    private static readonly string[] Zones = ["UTC", "Asia/Kolkata", "+05:30", "Europe/Berlin", "America/St_Johns", "-03:00"];
    private static readonly string[] Orders = ["count", "sum(value)", "min(value)", "max(value)", "avg(value)", "unique(user_id)", "p95(value)"];

    private static readonly ViewDefinition Sales = new()
    {
        Name = "sales",
        GroupBy = ["product", "country"],
        Measures = NaiveStore.AllMeasures,
        Tiers = [new Tier(TimeSpan.FromMinutes(15), Kept), new Tier(TimeSpan.FromHours(1), Kept), new Tier(TimeSpan.FromDays(1), Kept), Tier.AllTime],
    };

    [Theory]
    [InlineData("2025-10-19")] // clocks go back on 26 October in Berlin and on 2 November in St. John's
    [InlineData("2026-03-04")] // clocks go forward on 8 March in St. John's and on 29 March in Berlin
    public void Answer_is_what_a_loop_over_all_facts_says(string begin)
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var beginMs = new DateTimeOffset(DateTime.Parse(begin), TimeSpan.Zero).ToUnixTimeMilliseconds();
        var facts = Facts(random, beginMs, 29 * DayMs, 1_500);
        var store = new NaiveStore(Sales, facts);
        for (var round = 0; round < 120; round++)
        {
            var query = RandomQuery(random, beginMs);
            var because = $"seed {seed}, round {round}: {query.FromMs}–{query.ToMs} {query.Step} {query.TimeZone!.Id} window {query.Window} by {string.Join(',', query.GroupBy ?? ["all"])} top {query.Top} {query.Order} compare {query.Compare}";
            Assert.True(QueryPlan.TryCreate(Sales, query, beginMs + (30 * DayMs), QueryLimits.Default, out var plan, out var fault), $"{because}: {fault}");
            var before = query.Compare ? plan.Period.Points : 0;
            var edges = NaiveEdges.Between(query.FromMs!.Value, query.ToMs!.Value, query.Step!.Value, query.TimeZone!, before);
            Assert.True(edges.Length - 1 == plan.Period.Points + before, $"{because}: {plan.Period.Points} points");
            var spans = edges.Skip(1).Select((edge, i) => (Start: WindowStart(query, edges[i], edge), End: edge)).ToArray();
            Assert.True(ViewAnswerBuilder.TryBuild(plan, store.At(plan), new Freshness(0, beginMs + (10 * DayMs), 0, 9, 0), out var answer, out fault), $"{because}: {fault}");

            var points = spans[before..];
            Assert.Equal(points, answer.Buckets.Select(bucket => (bucket.StartMs, bucket.EndMs)));
            Assert.All(answer.Buckets, bucket => Assert.Equal(bucket.EndMs <= beginMs + (10 * DayMs), bucket.IsFinal));
            var coarsest = Sales.Tiers.Last(tier => tier.EveryMs > 0 && edges.Concat(spans.Select(span => span.Start)).All(edge => edge % tier.EveryMs == 0));
            Assert.True(coarsest == plan.Tier, $"{because}: {plan.Tier.Name} instead of {coarsest.Name}");
            NaiveAnswer.Check(answer, facts, points, query.Compare ? spans[..before] : null, (edges[before], edges[^1]), (edges[0], edges[before]), because);
        }
    }

    [Fact]
    public void Total_of_all_time_has_no_points_and_is_over_everything()
    {
        var facts = Facts(new Random(1), 1_700_000_000_000, 100 * DayMs, 500);
        var answer = Answer(Sales, new NaiveStore(Sales, facts), new ViewQuery { AllTime = true, GroupBy = ["country"] }, 1_800_000_000_000);
        Assert.Empty(answer.Buckets);
        Assert.Equal(("all", (TimeSpan?)null), (answer.Plan.Tier.Name, answer.Plan.Step));
        Assert.Equal([0L], answer.Plan.BucketStartsMs);
        NaiveAnswer.Check(answer, facts, [], null, (0, long.MaxValue), default, "all time");
    }

    [Fact]
    public void Groups_beyond_the_budget_are_one_group_that_comes_last_and_their_number_is_told()
    {
        var view = Sales with { GroupsMax = 5, Tiers = [new Tier(TimeSpan.FromHours(1), Kept)] };
        const long Start = 1_700_000_000_000 / DayMs * DayMs;
        var facts = Enumerable.Range(0, 400).Select(i => new Fact(Start + 5, i < 40 ? $"p{i % 5}" : $"hidden{i % 90}", null, null, null)).ToList();
        var answer = Answer(view, new NaiveStore(view, facts), new ViewQuery { FromMs = Start, ToMs = Start + DayMs, GroupBy = ["product"] }, Start + DayMs);
        Assert.Equal(["p0", "p1", "p2", "p3", "p4", "(other)"], answer.Series.Select(series => series.Group[0]));
        Assert.Equal(360, answer.Series[^1].Totals[0].Number(0));
        Assert.False(answer.Series[^1].IsRest);
        Assert.InRange(answer.HiddenGroups, 88, 92);
        Assert.Equal(400, answer.Totals[0].Number(0));

        var top = Answer(view, new NaiveStore(view, facts), new ViewQuery { FromMs = Start, ToMs = Start + DayMs, GroupBy = ["product"], Top = 2, Measures = ["count"] }, Start + DayMs);
        Assert.Equal(["p0", "p1", "(rest)"], top.Series.Select(series => series.Group[0]));
        Assert.Equal(384, top.Series[^1].Totals[0].Number(0));
    }

    [Fact]
    public void Revision_of_a_point_is_the_newest_of_its_buckets_and_errors_are_stated_for_estimates_only()
    {
        const long Start = 1_700_006_400_000;
        var facts = Enumerable.Range(0, 24).Select(hour => new Fact(Start + (hour * 3_600_000), "a", "b", "u", 1)).ToList();
        var view = Sales with { Tiers = [new Tier(TimeSpan.FromHours(1), Kept)] };
        var answer = Answer(view, new NaiveStore(view, facts), new ViewQuery { FromMs = Start, ToMs = Start + (30 * 3_600_000), Step = TimeSpan.FromHours(6) }, Start + DayMs);
        var newest = NaiveStore.RevisionOf(view.Tiers[0], answer.Buckets[0].EndMs - 3_600_000);
        Assert.Equal(newest, answer.Buckets[0].Revision);
        Assert.Equal(0, answer.Buckets[^1].Revision);
        Assert.Equal([("unique(user_id)", 0.01625, null), ("quantiles(value)", null, (double?)0.01)], answer.Errors.Select(error => (error.Measure.Name, error.StandardError, error.RelativeError)));
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("12.5", 12_500_000)]
    [InlineData("-0.000001", -1)]
    [InlineData("9223372036854.775807", long.MaxValue)]
    public void Values_are_exact_decimals(string text, long micros) => Assert.Equal(text, Text(micros));

    [Fact]
    public void Sums_of_a_range_are_exact_beyond_64_bits()
    {
        Assert.Equal("92233720368547.75807", Text((Int128)long.MaxValue * 10));
        Assert.Equal("-92233720368547.75808", Text((Int128)long.MinValue * 10));
        Assert.Equal("18446744073710", Text((Int128)18_446_744_073_710 * 1_000_000));
    }

    private static long WindowStart(ViewQuery query, long edgeBefore, long edge) => query.Window is not { } window ? edgeBefore
        : query.Step!.Value.Days > 0 ? NaiveEdges.DaysBefore(query.TimeZone!, edge, window.Days)
        : edge - (long)window.TotalMilliseconds;

    private static string Text(Int128 micros)
    {
        Span<byte> output = stackalloc byte[MeasureValues.FormatBytesMax];
        var values = new MeasureValues(new Measure(MeasureKind.Sum, "value"), null, [micros], 0, 1);
        return System.Text.Encoding.UTF8.GetString(output[..values.Format(output, 0)]);
    }

    private static ViewAnswer Answer(ViewDefinition view, NaiveStore store, ViewQuery query, long nowMs)
    {
        Assert.True(QueryPlan.TryCreate(view, query, nowMs, QueryLimits.Default, out var plan, out var fault), fault?.Message);
        Assert.True(ViewAnswerBuilder.TryBuild(plan, store.At(plan), new Freshness(nowMs, nowMs, 0, 1, 0), out var answer, out fault), fault?.Message);
        return answer;
    }

    private static ViewQuery RandomQuery(Random random, long beginMs)
    {
        var fromMs = beginMs + random.NextInt64(20 * DayMs);
        var step = new[] { TimeSpan.FromMinutes(30), TimeSpan.FromHours(1), TimeSpan.FromHours(6), TimeSpan.FromDays(1), TimeSpan.FromDays(7) }[random.Next(5)];
        var points = random.Next(1, 12);
        Assert.True(QueryTimeZone.TryParse(Zones[random.Next(Zones.Length)], out var zone));
        return new ViewQuery
        {
            FromMs = fromMs,
            ToMs = fromMs + 1 + (long)(step.TotalMilliseconds * points * random.NextDouble()),
            Step = step,
            TimeZone = zone,
            Window = random.Next(3) == 0 ? (step.Days > 0 ? TimeSpan.FromDays(random.Next(1, 10)) : TimeSpan.FromMinutes(30 * random.Next(1, 100))) : null,
            GroupBy = new string[]?[] { null, [], ["product"], ["country"], ["country", "product"] }[random.Next(5)],
            Where = random.Next(4) switch
            {
                0 => new FilterOf(["product"], field => field("product") is "p1" or "p2" or null),
                1 => new FilterOf(["country", "product"], field => field("country") == "c1" || field("product") == "p3"),
                _ => null,
            },
            Top = random.Next(2) == 0 ? random.Next(1, 8) : null,
            Order = random.Next(4) == 0 ? null : new QueryOrder(Orders[random.Next(Orders.Length)], random.Next(3) > 0),
            Compare = random.Next(2) == 0,
            Measures = random.Next(3) == 0 ? ["unique(user_id)", "count", "sum(value)"] : null,
        };
    }

    private static List<Fact> Facts(Random random, long beginMs, long lengthMs, int count)
    {
        var facts = new List<Fact>();
        for (var i = 0; i < count; i++)
        {
            facts.Add(new Fact(
                beginMs - (8 * DayMs) + random.NextInt64(lengthMs + (8 * DayMs)),
                random.Next(5) == 0 ? null : $"p{random.Next(6)}",
                random.Next(5) == 0 ? null : $"c{random.Next(3)}",
                random.Next(10) == 0 ? null : $"user{random.Next(200)}",
                random.Next(4) == 0 ? null : random.NextInt64(-20_000_000, 200_000_000)));
        }

        return facts;
    }
}
