using System.Text;

namespace Streamgauge.Views.Tests;

/// <summary>What people read who asked for something that cannot be answered.</summary>
public class QueryFaultTests
{
    private const long DayMs = 86_400_000;
    private static readonly long Now = Ms("2025-11-22T10:07:30Z");

    private static readonly ViewDefinition Sales = new()
    {
        Name = "sales",
        GroupBy = ["product", "country"],
        Measures = [Measure.Count, new Measure(MeasureKind.Sum, "value"), new Measure(MeasureKind.Quantiles, "value")],
        Tiers = [new Tier(TimeSpan.FromMinutes(1), TimeSpan.FromDays(2)), new Tier(TimeSpan.FromHours(1), TimeSpan.FromDays(400))],
    };

    public static TheoryData<string, ViewQuery, string> Refused => new()
    {
        { "step", new ViewQuery { Step = TimeSpan.FromSeconds(10) }, "step 10s is finer than the view's finest buckets of 1m, or beyond all range; ask for 1m or more" },
        { "step", new ViewQuery { Step = TimeSpan.FromSeconds(90) }, "a step of 90s in UTC does not begin and end where buckets of view \"sales\" do, which are 1m kept for 2d, 1h kept for 400d, counted in UTC. In UTC it answers steps of 1m, 2m, 5m, 10m, 15m, 30m, 1h, 2h, 3h, 6h, 12h, 1d, 7d, 28d, 364d; in UTC multiples of 1m." },
        { "window", new ViewQuery { Window = TimeSpan.FromSeconds(1) }, "window 1s is finer than the view's finest buckets of 1m, or beyond all range; ask for 1m or more" },
        { "from", new ViewQuery { FromMs = Now - (10 * DayMs), ToMs = Now - (9 * DayMs), Step = TimeSpan.FromMinutes(30) }, "from 2025-11-12T10:00:00Z is forgotten: a step of 30m is answered from buckets of 1m, which view \"sales\" keeps for 2d. Ask from 2025-11-20T10:07:00Z on, or for a step that 1h kept for 400d can answer." },
        { "compare", new ViewQuery { FromMs = Now - (2 * DayMs), Step = TimeSpan.FromMinutes(30), Compare = true }, "compare needs 2025-11-18T09:30:00Z on, which is forgotten: a step of 30m is answered from buckets of 1m, which view \"sales\" keeps for 2d. What is kept begins at 2025-11-20T10:07:00Z; ask for a shorter range or a later one, or for a step that 1h kept for 400d can answer." },
        { "from", new ViewQuery { FromMs = Now - (DayMs * 2), Step = TimeSpan.FromMinutes(1), Window = TimeSpan.FromHours(1) }, "the first window begins at 2025-11-20T09:08:00Z, which is forgotten: a step of 1m is answered from buckets of 1m, which view \"sales\" keeps for 2d. What is kept begins at 2025-11-20T10:07:00Z; ask for a shorter range or a later one, or for a step that 1h kept for 400d can answer." },
        { "from", new ViewQuery { FromMs = Now, ToMs = Now }, "from 2025-11-22T10:07:30Z is not before to 2025-11-22T10:07:30Z; to is exclusive and defaults to now" },
        { "from", new ViewQuery { FromMs = -1 }, "from is outside of 1970 to 2100" },
        { "to", new ViewQuery { ToMs = long.MaxValue }, "to is outside of 1970 to 2100" },
        { "step", new ViewQuery { FromMs = Now - (300 * DayMs), Step = TimeSpan.FromHours(1) }, "7201 points of 1h are asked for, the limit is 5000; ask for a step of 2h or more, or a shorter range" },
        { "top", new ViewQuery { FromMs = Now - (DayMs * 5 / 6), Step = TimeSpan.FromMinutes(1), Top = 200, Compare = true }, "1201 points × 201 series × 2 periods are 482802 cells, the limit is 400000; ask for top=165 or fewer, a larger step, or fewer group fields" },
        { "top", new ViewQuery { Top = 0 }, "top is 0; ask for 1 or more, or leave it out for all groups" },
        { "group", new ViewQuery { GroupBy = ["city"] }, "view \"sales\" is not grouped by \"city\"; its groups are by product, country" },
        { "group", new ViewQuery { GroupBy = ["country", "country"] }, "a field is named twice" },
        { "where", new ViewQuery { Where = new FilterOf(["city"], _ => true) }, "view \"sales\" does not keep \"city\" apart, so it cannot be filtered by it; its groups are by product, country" },
        { "measures", new ViewQuery { Measures = ["avg(value)"] }, "view \"sales\" does not measure \"avg(value)\"; it has count, sum(value), quantiles(value)" },
        { "measures", new ViewQuery { Measures = [] }, "no measure is asked for; view \"sales\" has count, sum(value), quantiles(value)" },
        { "order", new ViewQuery { Order = new QueryOrder("quantiles(value)") }, "view \"sales\" cannot be ordered by \"quantiles(value)\"; it can by count, sum(value), p50(value), p90(value), p95(value), p99(value)" },
        { "step", new ViewQuery { AllTime = true }, "view \"sales\" keeps no total of all time; it keeps 1m kept for 2d, 1h kept for 400d: ask for a range" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void Refusal_says_what_is_wrong_and_what_to_ask_instead(string parameter, ViewQuery query, string message) =>
        Assert.Equal((parameter, message), Refuse(Sales, query, QueryLimits.Default));

    [Fact]
    public void Zone_that_no_tier_meets_is_told_what_it_can_have()
    {
        Assert.True(QueryTimeZone.TryParse("Asia/Kolkata", out var zone));
        var hours = Sales with { Tiers = [new Tier(TimeSpan.FromHours(1), TimeSpan.FromDays(30))] };
        Assert.Equal(
            ("step", "a step of 1d in Asia/Kolkata does not begin and end where buckets of view \"sales\" do, which are 1h kept for 30d, counted in UTC. It answers nothing in Asia/Kolkata; in UTC multiples of 1h."),
            Refuse(hours, new ViewQuery { FromMs = Now - (9 * DayMs), Step = TimeSpan.FromDays(1), TimeZone = zone }, QueryLimits.Default));
    }

    [Fact]
    public void View_of_all_time_has_no_range() => Assert.Equal(
        ("from", "view \"total\" is one total of all time, so it has no from; leave out from, to, step, window and compare, or declare tiers for it"),
        Refuse(BuiltInViews.Total, new ViewQuery { FromMs = 1 }, QueryLimits.Default));

    [Fact]
    public void Buckets_and_rows_and_groups_are_bounded()
    {
        var range = new ViewQuery { FromMs = Now - DayMs, ToMs = Now - 1, Step = TimeSpan.FromMinutes(15) };
        Assert.Equal(
            ("from", "1455 buckets of 1m would have to be read, the limit is 1000; ask for a shorter range, or a step that is a multiple of coarser buckets"),
            Refuse(Sales, range, new QueryLimits { BucketsMax = 1_000 }));
        Assert.Equal(
            ("from", "more than 1000 stored groups would have to be added up; ask for a shorter range, a shorter window, or a larger step that coarser buckets answer"),
            RefuseAnswer(range, new QueryLimits { RowsMax = 1_000 }));
        Assert.Equal(
            ("top", "97 points × 300 series are 29100 cells, the limit is 10000; ask for top=102 or fewer, a larger step, or fewer group fields"),
            RefuseAnswer(range, new QueryLimits { CellsMax = 10_000 }));
    }

    [Fact]
    public void Filter_by_what_no_group_has_is_refused_also_when_it_does_not_say_so_before()
    {
        var query = new ViewQuery { Where = new FilterOf([], field => field("value") == "1") };
        Assert.Equal(("where", "view \"sales\" does not keep \"value\" apart, so it cannot be filtered by it; its groups are by product, country"), RefuseAnswer(query, QueryLimits.Default));
    }

    [Theory]
    [InlineData("Europe/Atlantis")]
    [InlineData("+5:30")]
    [InlineData("+15:00")]
    [InlineData("")]
    public void Time_zone_that_is_none_is_refused(string text) => Assert.False(QueryTimeZone.TryParse(text, out _));

    private static (string, string) Refuse(ViewDefinition view, ViewQuery query, QueryLimits limits)
    {
        Assert.False(QueryPlan.TryCreate(view, query, Now, limits, out _, out var fault));
        return (fault.Parameter, fault.Message);
    }

    // Every bucket holds the same 300 groups.
    private static (string, string) RefuseAnswer(ViewQuery query, QueryLimits limits)
    {
        var builder = new BucketBuilder(Sales);
        for (var group = 0; group < 300; group++) builder.Add(Encoding.UTF8.GetBytes($"count:p{group}\u001fde"), "1"u8);
        var bucket = builder.Build(1);
        Assert.True(QueryPlan.TryCreate(Sales, query, Now, limits, out var plan, out var fault), fault?.Message);
        Assert.False(ViewAnswerBuilder.TryBuild(plan, _ => bucket, new Freshness(0, 0, 0, 0, 0), out _, out fault));
        return (fault.Parameter, fault.Message);
    }

    private static long Ms(string instant) => DateTimeOffset.Parse(instant).ToUnixTimeMilliseconds();
}
