namespace Streamgauge.Views.Tests;

public class BuiltInViewsTests
{
    [Theory]
    [InlineData("type:click:count", "click")]
    [InlineData("type:a:count:b:count", "a:count:b")]
    [InlineData("product:click:count", null)]
    [InlineData("type:click:value_micros", null)]
    public void Group_is_what_stands_between_prefix_and_suffix(string field, string? group) =>
        Assert.Equal(group, BuiltInViews.EventTypes.Columns[0].GroupOf(field));

    [Fact]
    public void Sums_are_recognised_only_where_the_view_has_them()
    {
        Assert.Equal("click", BuiltInViews.EventTypes.Columns[1].GroupOf("type:click:value_micros"));
        Assert.Single(BuiltInViews.Products.Columns);
    }

    [Fact]
    public void Session_buckets_are_quarters_of_the_retention_and_expire_when_the_retention_after_their_end_is_over()
    {
        var tier = BuiltInViews.Sessions(TimeSpan.FromHours(24), 10).Tiers[0];
        const long SixHoursMs = 6 * 3_600_000;
        Assert.Equal(0, tier.BucketStartMs(SixHoursMs - 1));
        Assert.Equal(SixHoursMs, tier.BucketStartMs(SixHoursMs));
        Assert.Equal(SixHoursMs + SixHoursMs + (24 * 3_600_000), tier.BucketExpiryMs(SixHoursMs));
    }

    [Fact]
    public void Views_of_all_time_have_one_bucket_that_never_expires()
    {
        Assert.Equal(0, BuiltInViews.Total.Tiers[0].BucketStartMs(1_700_000_000_000));
        Assert.Equal(long.MaxValue, BuiltInViews.Total.Tiers[0].BucketExpiryMs(0));
    }
}
