namespace Streamgauge.Views.Tests;

public class QueryPlanTests
{
    private const long MinuteMs = 60_000;
    private const long HourMs = 60 * MinuteMs;
    private const long DayMs = 24 * HourMs;
    private static readonly long Now = Ms("2025-11-22T10:07:30Z");

    private static readonly ViewDefinition Sales = new()
    {
        Name = "sales",
        GroupBy = ["product", "country"],
        Measures = [Measure.Count, new Measure(MeasureKind.Sum, "value"), new Measure(MeasureKind.Quantiles, "value")],
        Tiers = [Every("0:01", days: 2), Every("1:00", days: 30), new Tier(TimeSpan.FromDays(1), TimeSpan.FromDays(400)), Tier.AllTime],
    };

    [Fact]
    public void Without_a_word_the_newest_120_of_the_finest_buckets_are_answered()
    {
        var plan = Plan(new ViewQuery());
        Assert.Equal(("1m", 120, TimeSpan.FromMinutes(1)), (plan.Tier.Name, plan.Period.Points, plan.Step));
        Assert.Equal((Ms("2025-11-22T08:08Z"), Ms("2025-11-22T10:08Z")), (plan.Period.FromMs, plan.Period.ToMs));
        Assert.Equal(plan.BucketCount, plan.BucketStartsMs.Count());
        Assert.Equal(["product", "country"], plan.GroupBy);
        Assert.Equal(Sales.Measures, plan.Measures);
    }

    [Fact]
    public void Measure_without_a_field_is_that_of_the_value_as_in_a_declaration()
    {
        var plan = Plan(new ViewQuery { Measures = ["sum", "quantiles", "sum(value)"], Order = new QueryOrder("sum", Descending: true) });
        Assert.Equal([Sales.Measures[1], Sales.Measures[2]], plan.Measures);
        Assert.Equal(Sales.Measures[1], plan.Shape.OrderBy);
    }

    [Theory]
    [InlineData(1, "1m", "1m")]
    [InlineData(2, "1m", "1m")]
    [InlineData(3, "2m", "1m")]
    [InlineData(24, "15m", "1m")]
    [InlineData(7 * 24, "2h", "1h")]
    [InlineData(25 * 24, "6h", "1h")]
    [InlineData(100 * 24, "1d", "1d")]
    [InlineData(390 * 24, "7d", "1d")]
    public void Range_without_a_step_gets_one_of_at_most_120_points_that_is_still_kept(int hours, string step, string tier)
    {
        var plan = Plan(new ViewQuery { FromMs = (Now / DayMs * DayMs) - (hours * HourMs), ToMs = Now / DayMs * DayMs });
        Assert.Equal((step, tier), (new Tier(plan.Step!.Value, default).Name, plan.Tier.Name));
        Assert.InRange(plan.Period.Points, 1, 120);
    }

    [Fact]
    public void Step_without_a_range_reaches_as_far_back_as_is_kept_and_half_as_far_to_compare()
    {
        var hours = Plan(new ViewQuery { Step = TimeSpan.FromHours(12) });
        Assert.Equal(("1h", 60), (hours.Tier.Name, hours.Period.Points));
        var compared = Plan(new ViewQuery { Step = TimeSpan.FromHours(12), Compare = true });
        Assert.Equal((30, 30), (compared.Period.Points, compared.Previous!.Points));
        Assert.Equal(compared.Period.FromMs, compared.Previous.ToMs);
        Assert.Equal(compared.Previous.FromMs, compared.BucketStartsMs.First());
    }

    [Theory]
    [InlineData("Europe/Berlin", "2025-10-25", "2025-10-24T22:00Z", "2025-10-25T22:00Z", "2025-10-26T23:00Z")] // 25 hours
    [InlineData("Europe/Berlin", "2025-03-29", "2025-03-28T23:00Z", "2025-03-29T23:00Z", "2025-03-30T22:00Z")] // 23 hours
    [InlineData("America/Santiago", "2025-09-06", "2025-09-06T04:00Z", "2025-09-07T04:00Z", "2025-09-08T03:00Z")] // midnight of the 7th is skipped
    [InlineData("America/Havana", "2025-11-01", "2025-11-01T04:00Z", "2025-11-02T04:00Z", "2025-11-03T05:00Z")] // midnight of the 2nd comes twice
    [InlineData("+05:30", "2025-10-25", "2025-10-24T18:30Z", "2025-10-25T18:30Z", "2025-10-26T18:30Z")]
    public void Days_begin_at_local_midnight(string zone, string day, params string[] edges)
    {
        Assert.True(QueryTimeZone.TryParse(zone, out var parsed));
        var view = Sales with { Tiers = [new Tier(TimeSpan.FromMinutes(30), TimeSpan.FromDays(400))] };
        var from = Ms(edges[0]) + 7; // lowered
        var plan = Plan(view, new ViewQuery { FromMs = from, ToMs = Ms(edges[1]) + 1, Step = TimeSpan.FromDays(1), TimeZone = parsed });
        Assert.Equal(edges.Select(Ms), new[] { plan.Period.FromMs, plan.Period.EndMs(0), plan.Period.EndMs(1) });
        Assert.Equal(DateOnly.Parse(day), DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeMilliseconds(plan.Period.FromMs), parsed!).DateTime));
    }

    [Fact]
    public void Day_that_clocks_skipped_as_a_whole_has_no_point_and_the_period_before_as_many_as_the_range()
    {
        Assert.True(QueryTimeZone.TryParse("Pacific/Apia", out var apia)); // 30 December 2011 was not
        var view = Sales with { Tiers = [new Tier(TimeSpan.FromHours(1), TimeSpan.FromDays(4000))] };
        var query = new ViewQuery { FromMs = Ms("2011-12-29T10:00Z"), ToMs = Ms("2012-01-01T10:00Z"), Step = TimeSpan.FromDays(1), TimeZone = apia, Compare = true };
        Assert.True(QueryPlan.TryCreate(view, query, Ms("2012-01-02T00:00Z"), QueryLimits.Default, out var plan, out _));
        Assert.Equal(3, plan.Period.Points);
        Assert.Equal(3, plan.Previous!.Points);
        Assert.All(Enumerable.Range(0, 3), point => Assert.Equal(DayMs, plan.Period.EndMs(point) - plan.Period.StartMs(point)));
    }

    [Fact]
    public void Period_before_must_fit_the_tier_too()
    {
        Assert.True(QueryTimeZone.TryParse("Australia/Lord_Howe", out var zone)); // from +10:30 to +11:00 on 5 October 2025
        var view = Sales with { Tiers = [new Tier(TimeSpan.FromMinutes(30), TimeSpan.FromDays(400)), new Tier(TimeSpan.FromHours(1), TimeSpan.FromDays(400))] };
        var query = new ViewQuery { FromMs = Ms("2025-10-05T13:00Z"), ToMs = Ms("2025-10-07T13:00Z"), Step = TimeSpan.FromDays(1), TimeZone = zone };
        Assert.Equal("1h", Plan(view, query).Tier.Name);
        var compared = Plan(view, query with { Compare = true });
        Assert.Equal(("30m", Ms("2025-10-03T13:30Z")), (compared.Tier.Name, compared.Previous!.FromMs));
    }

    [Fact]
    public void Weeks_begin_on_Monday_unless_only_stored_weeks_are_there()
    {
        var query = new ViewQuery { FromMs = Ms("2025-10-15T12:00Z"), ToMs = Ms("2025-11-01T00:00Z"), Step = TimeSpan.FromDays(7) };
        Assert.Equal(Ms("2025-10-13T00:00Z"), Plan(query).Period.FromMs);
        var weeks = Sales with { Tiers = [new Tier(TimeSpan.FromDays(7), TimeSpan.FromDays(400))] };
        Assert.Equal(Ms("2025-10-09T00:00Z"), Plan(weeks, query).Period.FromMs);
    }

    [Fact]
    public void Last_day_of_what_is_kept_for_a_day_begins_with_the_first_whole_step()
    {
        var view = Sales with { Tiers = [Every("0:01", days: 1)] };
        var plan = Plan(view, new ViewQuery { FromMs = Now - DayMs, Step = TimeSpan.FromHours(1) });
        Assert.Equal(Ms("2025-11-21T11:00Z"), plan.Period.FromMs);
    }

    [Fact]
    public void View_of_all_time_answers_a_total()
    {
        var plan = Plan(BuiltInViews.Products, new ViewQuery());
        Assert.Equal(("all", 0, 1), (plan.Tier.Name, plan.Period.Points, plan.BucketCount));
    }

    [Fact]
    public void Sessions_are_answered_by_their_quarters()
    {
        var plan = Plan(BuiltInViews.Sessions(TimeSpan.FromHours(24), 10), new ViewQuery());
        Assert.Equal(("6h", 5), (plan.Tier.Name, plan.Period.Points));
    }

    private static QueryPlan Plan(ViewQuery query) => Plan(Sales, query);

    private static QueryPlan Plan(ViewDefinition view, ViewQuery query)
    {
        Assert.True(QueryPlan.TryCreate(view, query, Now, QueryLimits.Default, out var plan, out var fault), fault?.Message);
        return plan;
    }

    private static Tier Every(string length, int days) => new(TimeSpan.Parse(length), TimeSpan.FromDays(days));

    private static long Ms(string instant) => DateTimeOffset.Parse(instant).ToUnixTimeMilliseconds();
}
