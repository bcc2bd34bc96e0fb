using System.Text;
using System.Text.Json;
using NJsonSchema;
using Streamgauge.TestKit;

namespace Streamgauge.Views.Tests;

/// <summary>The published schema says what the parser says, as far as a schema can.</summary>
public class SchemaTests
{
    private static readonly string SchemaText = File.ReadAllText(Path.Combine(RepositoryRoot.Find(), "streamgauge.schema.json"));
    private static readonly JsonSchema Schema = JsonSchema.FromJsonAsync(SchemaText).GetAwaiter().GetResult();
    private static readonly JsonElement SchemaJson = JsonDocument.Parse(SchemaText).RootElement;

    public static TheoryData<string> Examples() => [.. Directory.GetFiles(Path.Combine(RepositoryRoot.Find(), "examples"), "*.json").Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Examples))]
    public void Every_example_is_a_declaration_to_the_parser_and_to_the_schema(string file)
    {
        var utf8 = File.ReadAllBytes(Path.Combine(RepositoryRoot.Find(), "examples", file));
        var declared = ViewDeclarations.Parse(utf8, file);
        Assert.Empty(declared.Mistakes);
        Assert.InRange(declared.Views.Count, 4, 7);
        Assert.All(declared.Views, view => Assert.False(string.IsNullOrEmpty(view.Description)));
        Assert.InRange(declared.Views.Sum(view => MemoryForecast.Of(view).BytesMax), 0, 1L << 30); // what a private Redis has
        Assert.Empty(Schema.Validate(Strict(utf8)));
    }

    [Fact]
    public void Every_property_of_the_parser_is_in_the_schema_and_the_other_way_round()
    {
        Assert.Equal(DeclarationProperties.OfFile.Order(StringComparer.Ordinal), Properties(SchemaJson));
        var view = SchemaJson.GetProperty("definitions").GetProperty("view");
        Assert.Equal(DeclarationProperties.OfView.Order(StringComparer.Ordinal), Properties(view));
        foreach (var property in view.GetProperty("properties").EnumerateObject())
        {
            Assert.True(property.Value.TryGetProperty("description", out _), $"{property.Name} has no description");
            Assert.True(property.Value.GetProperty("examples").GetArrayLength() > 0, $"{property.Name} has no examples");
        }
    }

    [Fact]
    public void Bounds_and_defaults_of_the_schema_are_those_of_the_parser()
    {
        var properties = SchemaJson.GetProperty("definitions").GetProperty("view").GetProperty("properties");
        Assert.Equal(ViewLimits.ViewsMax, SchemaJson.GetProperty("properties").GetProperty("views").GetProperty("maxItems").GetInt32());
        Assert.Equal(ViewLimits.NameCharsMax, properties.GetProperty("name").GetProperty("maxLength").GetInt32());
        Assert.Equal(ViewLimits.FilterCharsMax, properties.GetProperty("filter").GetProperty("maxLength").GetInt32());
        Assert.Equal(ViewLimits.GroupByMax, properties.GetProperty("group_by").GetProperty("maxItems").GetInt32());
        Assert.Equal(ViewLimits.MeasuresMax, properties.GetProperty("measures").GetProperty("maxItems").GetInt32());
        Assert.Equal(ViewLimits.TiersMax, properties.GetProperty("window").GetProperty("anyOf")[1].GetProperty("maxItems").GetInt32());
        Assert.Equal(ViewLimits.GroupsMax, properties.GetProperty("limit").GetProperty("maximum").GetInt32());
        Assert.Equal(ViewLimits.GroupsDefault, properties.GetProperty("limit").GetProperty("default").GetInt32());

        var sessions = properties.GetProperty("sessions").GetProperty("properties");
        Assert.Equal(DeclarationProperties.OfSessions.Order(StringComparer.Ordinal), Properties(properties.GetProperty("sessions")));
        Assert.Equal(Parse("\"name\":\"a\",\"sessions\":{}").Views[0], Parse($"\"name\":\"a\",\"sessions\":{{\"by\":{sessions.GetProperty("by").GetProperty("default").GetRawText()},\"gap\":{sessions.GetProperty("gap").GetProperty("default").GetRawText()}}}").Views[0]);

        // A view that spells out every default is the view that leaves them out.
        var defaults = string.Join(",", properties.EnumerateObject().Where(property => property.Value.TryGetProperty("default", out _)).Select(property => $"\"{property.Name}\":{property.Value.GetProperty("default").GetRawText()}"));
        Assert.Equal(Parse("\"name\":\"a\"").Views[0], Parse($"\"name\":\"a\",{defaults}").Views[0]);
    }

    [Fact]
    public void Every_example_of_a_property_is_right_to_the_schema_and_to_the_parser()
    {
        var view = SchemaJson.GetProperty("definitions").GetProperty("view");
        foreach (var property in view.GetProperty("properties").EnumerateObject())
        {
            foreach (var example in property.Value.GetProperty("examples").EnumerateArray())
            {
                var beside = property.Name switch
                {
                    "name" => "",
                    "retain" when example.ValueKind == JsonValueKind.String => "\"name\":\"a\",\"sessions\":{},",
                    "retain" => "\"name\":\"a\",\"window\":[\"1m\",\"1h\"],",
                    _ => "\"name\":\"a\",",
                };
                AssertBoth(isRight: true, $"{beside}\"{property.Name}\":{example.GetRawText()}");
            }
        }

        foreach (var example in view.GetProperty("examples").EnumerateArray()) AssertBoth(isRight: true, example.GetRawText()[1..^1]);
    }

    [Fact]
    public void Whatever_is_written_by_the_program_is_right_to_the_schema()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        for (var round = 0; round < 200; round++)
        {
            var text = ViewDeclarations.Write(RandomView.Create(random, "a"));
            var errors = Schema.Validate($$"""{"views":[{{text}}]}""");
            Assert.True(errors.Count == 0, $"seed {seed}: {text}: {string.Join("; ", errors)}");
        }
    }

    [Theory]
    [InlineData("")] // no name
    [InlineData("\"name\":\"Sales\"")]
    [InlineData("\"name\":\"views\"")]
    [InlineData("\"name\":5")]
    [InlineData("\"name\":\"a\",\"colour\":1")]
    [InlineData("\"name\":\"a\",\"description\":1")]
    [InlineData("\"name\":\"a\",\"filter\":\"\"")]
    [InlineData("\"name\":\"a\",\"filter\":null")]
    [InlineData("\"name\":\"a\",\"group_by\":\"product\"")]
    [InlineData("\"name\":\"a\",\"group_by\":[\"value\"]")]
    [InlineData("\"name\":\"a\",\"group_by\":[\"ts\"]")]
    [InlineData("\"name\":\"a\",\"group_by\":[\"a\",\"a\"]")]
    [InlineData("\"name\":\"a\",\"group_by\":[\"a\",\"b\",\"c\",\"d\"]")]
    [InlineData("\"name\":\"a\",\"group_by\":[\"a:b\"]")]
    [InlineData("\"name\":\"a\",\"measures\":[]")]
    [InlineData("\"name\":\"a\",\"measures\":[\"total\"]")]
    [InlineData("\"name\":\"a\",\"measures\":[\"unique\"]")]
    [InlineData("\"name\":\"a\",\"measures\":[\"unique(value)\"]")]
    [InlineData("\"name\":\"a\",\"measures\":[\"sum(product)\"]")]
    [InlineData("\"name\":\"a\",\"measures\":[\"max(ts)\"]")]
    [InlineData("\"name\":\"a\",\"measures\":[\"count(a)\"]")]
    [InlineData("\"name\":\"a\",\"window\":[]")]
    [InlineData("\"name\":\"a\",\"window\":\"500ms\"")]
    [InlineData("\"name\":\"a\",\"window\":\"01m\"")]
    [InlineData("\"name\":\"a\",\"window\":[\"1m\",\"1m\"]")]
    [InlineData("\"name\":\"a\",\"window\":\"1m\",\"retain\":{\"all\":\"1d\"}")]
    [InlineData("\"name\":\"a\",\"window\":\"1m\",\"retain\":{\"1m\":5}")]
    [InlineData("\"name\":\"a\",\"window\":\"1m\",\"retain\":\"1h\"")]
    [InlineData("\"name\":\"a\",\"sessions\":true")]
    [InlineData("\"name\":\"a\",\"sessions\":{\"for\":\"user_id\"}")]
    [InlineData("\"name\":\"a\",\"sessions\":{\"by\":\"ts\"}")]
    [InlineData("\"name\":\"a\",\"sessions\":{\"gap\":30}")]
    [InlineData("\"name\":\"a\",\"sessions\":{\"gap\":\"2d\"}")]
    [InlineData("\"name\":\"a\",\"sessions\":{},\"retain\":{\"1m\":\"1h\"}")]
    [InlineData("\"name\":\"a\",\"sessions\":{},\"window\":\"1m\"")]
    [InlineData("\"name\":\"a\",\"sessions\":{},\"group_by\":[\"product\"]")]
    [InlineData("\"name\":\"a\",\"sessions\":{},\"measures\":[\"count\"]")]
    [InlineData("\"name\":\"a\",\"limit\":0")]
    [InlineData("\"name\":\"a\",\"limit\":1000001")]
    [InlineData("\"name\":\"a\",\"limit\":\"9\"")]
    public void What_is_wrong_to_the_parser_is_wrong_to_the_schema(string view) => AssertBoth(isRight: false, view);

    private static void AssertBoth(bool isRight, string view)
    {
        var mistakes = Parse(view).Mistakes;
        Assert.True(mistakes.Count == 0 == isRight, $"parser: {view}: {string.Join("; ", mistakes)}");
        var errors = Schema.Validate($$"""{"views":[{ {{view}} }]}""");
        Assert.True(errors.Count == 0 == isRight, $"schema: {view}: {string.Join("; ", errors)}");
    }

    private static DeclaredViews Parse(string view) => ViewDeclarations.Parse(Encoding.UTF8.GetBytes($$"""{"views":[{ {{view}} }]}"""), "a.json");

    private static IEnumerable<string> Properties(JsonElement schema) => schema.GetProperty("properties").EnumerateObject().Select(property => property.Name).Order(StringComparer.Ordinal);

    // Without comments and trailing commas, which a validator need not know.
    private static string Strict(byte[] utf8) =>
        JsonSerializer.Serialize(JsonDocument.Parse(utf8, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true }).RootElement);
}
