using System.Text;

namespace Streamgauge.Views.Tests;

public class BucketBuilderTests
{
    private static readonly ViewDefinition Declared = new()
    {
        Name = "sales",
        GroupBy = ["product", "country"],
        Measures = [Measure.Count, .. new[] { MeasureKind.Average, MeasureKind.Min, MeasureKind.Max, MeasureKind.Quantiles }.Select(kind => new Measure(kind, "value")), new Measure(MeasureKind.Unique, "user_id")],
    };

    [Fact]
    public void Every_stored_field_is_found_again()
    {
        var registers = new HyperLogLog();
        registers.Add(17, 3);
        var bucket = Build(Declared, 42,
            ("count:a\u001fde", "3"), ("values(value):a\u001fde", "2"), ("sum(value):a\u001fde", "-1500000"), ("min(value):a\u001fde", "-2000000"),
            ("max(value):a\u001fde", "500000"), ("quantiles(value)/-608:a\u001fde", "1"), ("quantiles(value)/539:a\u001fde", "1"),
            ("count:b:c\u001f", "1"), ("unique(user_id):b:c\u001f", Encoding.Latin1.GetString(registers.ToStored())),
            ("count:(other)", "9"), ("groups", "2"), ("hidden", Encoding.Latin1.GetString(registers.ToStored())));

        Assert.Equal(["a\u001fde", "b:c\u001f", "(other)"], bucket.Groups.ToArray());
        Assert.Equal((42, 2), (bucket.Revision, bucket.GroupCount));
        Assert.Equal(registers.ToStored(), bucket.HiddenRegisters);
        Assert.Equal([3, 1, 9], Numbers(bucket, ColumnKind.Count));
        Assert.Equal([2, 0, 0], Numbers(bucket, ColumnKind.Values));
        Assert.Equal([-1_500_000, 0, 0], Numbers(bucket, ColumnKind.Sum));
        Assert.Equal([-2_000_000, BucketContent.Absent, BucketContent.Absent], Numbers(bucket, ColumnKind.Min));
        Assert.Equal([500_000, BucketContent.Absent, BucketContent.Absent], Numbers(bucket, ColumnKind.Max));
        Assert.Equal([null, registers.ToStored(), null], bucket.Registers(Column(ColumnKind.Registers)).ToArray());
        var histograms = bucket.Histograms(Column(ColumnKind.Histogram));
        Assert.Equal([-608, 539], histograms.Indexes(0).ToArray());
        Assert.Equal([1, 1], histograms.Counts(0).ToArray());
        Assert.Equal(0, histograms.Indexes(1).Length + histograms.Indexes(2).Length);
    }

    [Fact]
    public void Views_that_share_a_hash_take_their_own_fields_each()
    {
        (string, string)[] aggregates =
        [
            ("total_count", "7"), ("total_value_micros", "5"), ("type:click:count", "4"), ("type:click:value_micros", "2"), ("type:a:count:count", "3"),
            ("product:laptop:count", "6"), ("last_updated", "2025-11-22T10:00:00Z"), ("groups:products", "1"), ("groups:event_types", "2"), ("hidden:products", ""),
        ];
        var total = Build(BuiltInViews.Total, 1, aggregates);
        Assert.Equal([""], total.Groups.ToArray());
        Assert.Equal((7, 5), (total.Numbers(0)[0], total.Numbers(1)[0]));
        var types = Build(BuiltInViews.EventTypes, 1, aggregates);
        Assert.Equal(["click", "a:count"], types.Groups.ToArray());
        Assert.Equal([4, 3], types.Numbers(0).ToArray());
        Assert.Equal([2, 0], types.Numbers(1).ToArray());
        Assert.Equal(2, types.GroupCount);
        var products = Build(BuiltInViews.Products, 1, aggregates);
        Assert.Equal(["laptop"], products.Groups.ToArray());
        Assert.Equal((1, null), (products.GroupCount, products.HiddenRegisters));
    }

    [Fact]
    public void Second_bucket_shows_nothing_of_the_first_and_shares_its_names()
    {
        var builder = new BucketBuilder(Declared);
        for (var i = 0; i < 100; i++) Add(builder, ($"min(value):g{i}\u001f", "1"), ($"quantiles(value)/{i}:g{i}\u001f", "2"), ($"unique(user_id):g{i}\u001f", "\u0000\u0001\u0001"), ("groups", "100"));
        var first = builder.Build(1);
        Add(builder, ("count:x\u001f", "1"), ("count:g99\u001f", "1"));
        var second = builder.Build(2);
        Assert.Equal(["x\u001f", "g99\u001f"], second.Groups.ToArray());
        Assert.Same(first.Groups[99], second.Groups[1]);
        Assert.Equal([BucketContent.Absent, BucketContent.Absent], Numbers(second, ColumnKind.Min));
        Assert.Equal([null, null], second.Registers(Column(ColumnKind.Registers)).ToArray());
        Assert.Equal(0, second.Histograms(Column(ColumnKind.Histogram)).Indexes(1).Length);
        Assert.Equal((0, null), (second.GroupCount, second.HiddenRegisters));
        Assert.Equal([99], first.Histograms(Column(ColumnKind.Histogram)).Indexes(99).ToArray());
    }

    [Fact]
    public void Bucket_without_fields_has_no_rows()
    {
        var empty = new BucketBuilder(Declared).Build(0);
        Assert.Equal(0, empty.Groups.Length + empty.Numbers(0).Length);
    }

    [Theory]
    [InlineData("count:a", "x")]
    [InlineData("count:a", "")]
    [InlineData("sum(value):a", "1.5")]
    [InlineData("quantiles(value)/x:a", "1")]
    [InlineData("quantiles(value)/9999:a", "1")]
    [InlineData("quantiles(value)/1:a", "-1")]
    [InlineData("unique(user_id):a", "12")]
    [InlineData("hidden", "12")]
    [InlineData("groups", "many")]
    public void Value_that_counting_never_writes_is_a_fault(string field, string value) =>
        Assert.Throws<FormatException>(() => Build(Declared, 1, (field, value)));

    [Theory]
    [InlineData("count")]
    [InlineData("quantiles(value)/17")]
    [InlineData("sum(other):a")]
    [InlineData("groups:sales")]
    [InlineData("")]
    public void Field_of_somebody_else_is_passed_over(string field) => Assert.Equal(0, Build(Declared, 1, (field, "x")).Groups.Length);

    private static BucketContent Build(ViewDefinition view, long revision, params (string, string)[] fields)
    {
        var builder = new BucketBuilder(view);
        Add(builder, fields);
        return builder.Build(revision);
    }

    private static void Add(BucketBuilder builder, params (string Field, string Value)[] fields)
    {
        foreach (var (field, value) in fields) builder.Add(Encoding.UTF8.GetBytes(field), Encoding.Latin1.GetBytes(value));
    }

    private static int Column(ColumnKind kind) => Declared.Columns.ToList().FindIndex(column => column.Kind == kind);

    private static long[] Numbers(BucketContent bucket, ColumnKind kind) => bucket.Numbers(Column(kind)).ToArray();
}
