using System.Text;

namespace Streamgauge.Views.Tests;

public class ViewDeclarationsTests
{
    [Fact]
    public void A_declaration_says_what_is_counted()
    {
        var view = One("""
            // comments are welcome
            { "$schema": "streamgauge.schema.json", "views": [ {
              "name": "sales", "description": "what is sold",
              "filter": "event_type == 'purchase'", "group_by": ["product", "brand"],
              "measures": ["count", "sum", "avg(value)", "min(weight)", "unique(user_id)", "quantiles"],
              "window": ["1h", "60s", "all", "1d"], /* in any order */
              "retain": { "1m": "24h" }, "limit": 5000, } ] }
            """);
        Assert.Equal(("sales", "what is sold", 5000, true), (view.Name, view.Description, view.GroupsMax, view.KeepsAbsent));
        Assert.Equal("event_type == 'purchase'", view.Filter?.Text);
        Assert.Equal(["product", "brand"], view.GroupBy);
        Assert.Equal(["count", "sum(value)", "avg(value)", "min(weight)", "unique(user_id)", "quantiles(value)"], view.Measures.Select(measure => measure.Name));
        Assert.Equal([new Tier(TimeSpan.FromMinutes(1), TimeSpan.FromDays(1)), new Tier(TimeSpan.FromHours(1), TimeSpan.FromDays(30)), new Tier(TimeSpan.FromDays(1), TimeSpan.FromDays(400)), Tier.AllTime], view.Tiers);
    }

    [Fact]
    public void A_name_is_enough()
    {
        var view = One("""{"views":[{"name":"a"}]}""");
        Assert.Equal(new ViewDefinition { Name = "a", GroupsMax = ViewLimits.GroupsDefault }, view);
        Assert.Equal([Tier.AllTime], view.Tiers);
    }

    [Fact]
    public void A_view_of_sessions_says_whose_and_how_long_a_silence_ends_one()
    {
        var visits = One("""{"views":[{"name":"visits","filter":"value > 1","sessions":{"by":"user_id","gap":"45m"},"retain":"12h","limit":5000}]}""");
        Assert.Equal(new SessionRule("user_id", TimeSpan.FromMinutes(45), TimeSpan.FromHours(12)), visits.Sessions);
        Assert.Equal(("value > 1", 5_000, 0, 0), (visits.Filter?.Text, visits.GroupsMax, visits.Tiers.Count, visits.Measures.Count));

        var defaults = One("""{"views":[{"name":"visits","sessions":{}}]}""");
        Assert.Equal((new SessionRule("session_id", TimeSpan.FromMinutes(30), TimeSpan.FromHours(24)), ViewLimits.SessionsDefault), (defaults.Sessions, defaults.GroupsMax));
        Assert.Equal("""{"name":"visits","sessions":{"by":"session_id","gap":"30m"},"retain":"1d","limit":100000}""", ViewDeclarations.Write(defaults));
        Assert.Equal(TimeSpan.FromSeconds(1_000), One("""{"views":[{"name":"visits","sessions":{"gap":"10s"}}]}""").Sessions?.Retain); // as long as the gap allows
    }

    [Theory]
    [InlineData("\"sessions\":{\"gap\":\"30m\"},\"retain\":\"2h\",\"limit\":7", true)]
    [InlineData("\"sessions\":{\"by\":\"session_id\"}", true)]
    [InlineData("\"sessions\":{\"gap\":\"31m\"}", false)]
    [InlineData("\"sessions\":{\"by\":\"user_id\"}", false)]
    [InlineData("\"filter\":\"value > 1\",\"sessions\":{}", false)]
    [InlineData("\"measures\":[\"count\"]", false)]
    public void Sessions_go_on_through_changes_of_retention_and_limit(string properties, bool goesOn)
    {
        var before = One("""{"views":[{"name":"a","sessions":{}}]}""");
        var after = One($$"""{"views":[{"name":"a",{{properties}}}]}""");
        Assert.Equal(goesOn, before.CountsLike(after));
        Assert.Equal(goesOn, after.CountsLike(before));
    }

    [Theory]
    [InlineData("\"1s\"", "{}", "1s 20000s")] // six hours would be more buckets than a tier may keep
    [InlineData("[\"10s\", \"1m\", \"1h\", \"1d\", \"7d\"]", "{}", "10s 6h, 1m 2d, 1h 30d, 1d 400d, 7d 400d")]
    [InlineData("[\"1m\", \"1h\"]", "{\"1m\": \"10d\"}", "1m 10d, 1h 30d")]
    [InlineData("[\"1h\", \"1d\"]", "{\"1h\": \"800d\"}", "1h 800d, 1d 800d")] // as long as the finer one
    [InlineData("[\"1m\", \"1h\", \"1d\"]", "{\"1h\": \"12h\"}", "1m 12h, 1h 12h, 1d 400d")] // no longer than the coarser one
    public void Retention_that_is_not_declared_gives_way_to_what_is(string window, string retain, string expected)
    {
        var view = One($$"""{"views":[{"name":"a","window":{{window}},"retain":{{retain}}}]}""");
        Assert.Equal(expected, string.Join(", ", view.Tiers.Select(tier => $"{tier.Name} {TierLength.ToText(tier.Retain)}")));
    }

    [Fact]
    public void What_is_written_reads_back_equal()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        for (var round = 0; round < 500; round++)
        {
            var view = RandomView.Create(random, $"v{round}");
            var text = ViewDeclarations.Write(view);
            var declared = ViewDeclarations.Parse(Encoding.UTF8.GetBytes($$"""{"views":[{{text}}]}"""), "a.json");
            Assert.True(declared.IsValid, $"seed {seed}: {text}: {string.Join(' ', declared.Mistakes)}");
            Assert.True(view.Equals(declared.Views[0]) && view.CountsLike(declared.Views[0]), $"seed {seed}: {text}");
            Assert.Equal(text, ViewDeclarations.Write(declared.Views[0]));
        }
    }

    [Fact]
    public void A_byte_order_mark_is_no_mistake() => Assert.True(ViewDeclarations.Parse([0xEF, 0xBB, 0xBF, .. "{\"views\":[]}"u8], "a.json").IsValid);

    [Theory]
    [InlineData("'limit': 9", true)]
    [InlineData("'description': 'other words'", true)]
    [InlineData("'retain': {'1m': '1h'}", true)]
    [InlineData("'filter': ' (value>1.0) '", true)]
    [InlineData("'measures': ['avg', 'sum']", true)] // an average keeps the sum anyway
    [InlineData("'filter': 'value > 2'", false)]
    [InlineData("'group_by': ['brand']", false)]
    [InlineData("'measures': ['avg', 'min']", false)]
    [InlineData("'window': '1m'", false)]
    [InlineData("'name': 'b'", false)]
    public void Counting_goes_on_through_changes_of_what_is_not_counted(string change, bool goesOn)
    {
        string[] before = ["'name': 'a'", "'filter': 'value > 1'", "'group_by': ['product']", "'measures': ['avg']", "'window': ['1m', 'all']"];
        var property = change.Split(':')[0];
        var after = before.Where(part => !part.StartsWith(property, StringComparison.Ordinal)).Append(change);
        var (old, changed) = (One(File(before)), One(File(after)));
        Assert.Equal(goesOn, old.CountsLike(changed));
        Assert.Equal(goesOn, changed.CountsLike(old));
        Assert.NotEqual(old, changed);
    }

    private static string File(IEnumerable<string> properties) => $"{{'views':[{{{string.Join(", ", properties)}}}]}}".Replace('\'', '"');

    private static ViewDefinition One(string json)
    {
        var declared = ViewDeclarations.Parse(Encoding.UTF8.GetBytes(json), "a.json");
        Assert.Empty(declared.Mistakes);
        return Assert.Single(declared.Views);
    }
}
