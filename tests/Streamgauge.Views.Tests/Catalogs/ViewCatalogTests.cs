namespace Streamgauge.Views.Tests;

public class ViewCatalogTests
{
    [Fact]
    public void A_catalog_has_the_documented_shape()
    {
        var catalog = new ViewCatalog(7, [new CatalogView(new ViewDefinition { Name = "a", GroupsMax = 5 }, 2, CatalogState.Building, 1_763_805_600_000)]);
        Assert.Equal("""{"generations":2,"views":[{"generation":2,"state":"building","since_ms":1763805600000,"view":{"name":"a","measures":["count"],"window":["all"],"limit":5}}]}""", catalog.ToJson());
        Assert.Equal("""{"generations":0,"views":[]}""", ViewCatalog.Empty.ToJson());
    }

    [Fact]
    public void What_is_written_reads_back_equal()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        for (var round = 0; round < 50; round++)
        {
            var views = Enumerable.Range(0, random.Next(5)).Select(i => new CatalogView(RandomView.Create(random, $"v{i}"), random.Next(1, 9), (CatalogState)random.Next(2), random.NextInt64(4_000_000_000_000))).ToList();
            var json = new ViewCatalog(round, views).ToJson();
            var read = ViewCatalog.Parse(json, round);
            Assert.Equal(round, read.Version);
            Assert.True(views.SequenceEqual(read.Views), $"seed {seed}: {json}");
        }
    }

    [Theory]
    [InlineData("", "no JSON")]
    [InlineData("{}", "must have 'views'")]
    [InlineData("""{"views":[{"generation":1,"state":"active","since_ms":0}]}""", "'view' is missing")]
    [InlineData("""{"views":[{"generation":-1,"state":"gone","since_ms":0,"view":{"name":"a"}}]}""", "'state' must be building or active")]
    [InlineData("""{"views":[{"generation":1,"state":"active","since_ms":0,"view":{"name":"a","colour":1}}]}""", "'colour' is no property of a view")]
    public void Whatever_else_is_refused(string json, string problem) =>
        Assert.Contains(problem, Assert.Throws<FormatException>(() => ViewCatalog.Parse(json, 1)).Message, StringComparison.Ordinal);
}
