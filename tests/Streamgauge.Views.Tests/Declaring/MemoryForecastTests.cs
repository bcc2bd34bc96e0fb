namespace Streamgauge.Views.Tests;

public class MemoryForecastTests
{
    [Fact]
    public void All_time_without_groups_is_one_bucket_of_one_group() =>
        Assert.Equal(new MemoryForecast(1, 1, 72 + 6 + 12, 90), MemoryForecast.Of(new ViewDefinition { Name = "a", GroupsMax = 1_000 }));

    [Fact]
    public void Buckets_groups_and_columns_multiply()
    {
        var view = new ViewDefinition
        {
            Name = "a",
            GroupBy = ["product", "brand"],
            Measures = [Measure.Count, new Measure(MeasureKind.Average, "value"), new Measure(MeasureKind.Unique, "user_id"), new Measure(MeasureKind.Quantiles, "value")],
            Tiers = [new Tier(TimeSpan.FromMinutes(1), TimeSpan.FromHours(1)), new Tier(TimeSpan.FromHours(1), TimeSpan.FromMinutes(90)), Tier.AllTime],
            GroupsMax = 10,
        };
        const int Group = 48;
        const int Bytes = (72 + 6 + Group + 12) + (72 + 11 + Group + 12) + (72 + 14 + Group + 12) + (72 + 16 + Group + 5_120) + (230 * (72 + 17 + Group + 8));
        Assert.Equal(new MemoryForecast(62 + 4 + 1, 10, Bytes, 67 * ((10L * Bytes) + 4_096)), MemoryForecast.Of(view));
    }

    [Fact]
    public void Sessions_are_as_many_as_the_limit() =>
        Assert.Equal(new MemoryForecast(1, 1_000, 320, 560_000), MemoryForecast.Of(new ViewDefinition { Name = "a", Sessions = new("session_id", TimeSpan.FromMinutes(30), TimeSpan.FromDays(1)), GroupsMax = 1_000 }));
}
