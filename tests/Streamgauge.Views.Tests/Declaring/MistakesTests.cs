using System.Text;

namespace Streamgauge.Views.Tests;

/// <summary>What is wrong with a file is said at once, each with its place and what is allowed.</summary>
public class MistakesTests
{
    [Fact]
    public void All_mistakes_are_reported_with_their_places()
    {
        var mistakes = Mistakes("""
            {
              "views": [
                { "name": "Sales", "grup_by": ["product"], "limit": 0 },
                { "name": "a", "filter": "product = 'x'",
                  "measures": ["count", "sun", "sum(product)"],
                  "window": ["1m", "90s"] },
                { "measures": [] },
                { "name": "a" }
              ],
              "view": []
            }
            """);
        Assert.Equal(
            [
                "my.json:3:15: 'name' must be lower case letters, digits and '_', beginning with a letter, at most 48, was \"Sales\".",
                "my.json:3:24: 'grup_by' is no property of a view. Did you mean 'group_by'? Allowed: name, description, filter, group_by, measures, window, sessions, retain, limit.",
                "my.json:3:57: 'limit' must be a whole number from 1 to 1,000,000, was 0.",
                "my.json:4:39: 'filter': found '='; equality is written '=='.",
                "my.json:5:29: 'measures': 'sun' is no measure. Did you mean 'sum'? Allowed: count, sum, min, max, avg, quantiles (of value, or of a further field: sum(weight)) and unique(field).",
                "my.json:5:36: 'measures': 'sum(product)': product is text; only value and further fields are numbers. Distinct ones are unique(product).",
                "my.json:6:24: 'window': 90s must be a multiple of the next finer length, 1m, so that coarse buckets are sums of fine ones.",
                "my.json:7:5: a view must have a 'name'.",
                "my.json:7:19: 'measures' must be a list of 1 to 16 measures, was a list of 0.",
                "my.json:8:15: there is another view 'a'; each needs a name of its own.",
                "my.json:10:3: 'view' is no property of a declaration. Did you mean 'views'? Allowed: $schema, views.",
            ],
            mistakes.Select(mistake => mistake.ToString()));
    }

    [Theory]
    [InlineData("", 1, 1, "this is no JSON: The input does not contain any JSON tokens.")]
    [InlineData("{\n  'views': [] }", 2, 3, "this is no JSON: ''' is an invalid start of a property name.")]
    [InlineData("{\"views\": []} x", 1, 15, "this is no JSON: 'x' is invalid after a single JSON value.")]
    [InlineData("[]", 1, 1, "a declaration must be an object, was a list.")]
    [InlineData("{}", 1, 1, "a declaration must have 'views', a list; it may be empty.")]
    [InlineData("{\"views\": {}}", 1, 11, "'views' must be a list of at most 64 views, was an object.")]
    [InlineData("{\"views\": [3]}", 1, 12, "a view must be an object, was 3.")]
    [InlineData("{\"views\": [], \"views\": []}", 1, 15, "'views' is given twice; keep one.")]
    [InlineData("{\"$schema\": 1, \"views\": []}", 1, 13, "'$schema' takes text in quotes, was 1.")]
    [InlineData("{\"views\": [{\"name\": \"\\ud800\"}]}", 1, 21, "holds half a character")]
    [InlineData("{\"größe\": 1, \"views\": [], \"x\": 2}", 1, 27, "'x' is no property of a declaration.")]
    public void Whatever_is_no_declaration_is_one_mistake_or_more(string json, int line, int column, string message)
    {
        var mistake = Mistakes(json)[^1];
        Assert.Equal((line, column), (mistake.Line, mistake.Column));
        Assert.Contains(message, mistake.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"name\": 5", "'name' takes text in quotes, was 5.")]
    [InlineData("\"name\": \"total\"", "'total' is the name of something built in; choose another. Reserved: total, event_types,")]
    [InlineData("\"name\": \"1a\"", "'name' must be lower case letters")]
    [InlineData("\"filter\": [\"a\"]", "'filter' takes text in quotes, was a list.")]
    [InlineData("\"group_by\": \"product\"", "'group_by' must be a list of 0 to 3 fields, was \"product\".")]
    [InlineData("\"group_by\": [\"a\",\"b\",\"c\",\"d\"]", "'group_by' must be a list of 0 to 3 fields, was a list of 4.")]
    [InlineData("\"group_by\": [\"a\",\"a\"]", "'group_by' has 'a' twice.")]
    [InlineData("\"group_by\": [\"a b\"]", "\"a b\" is no field name; allowed are letters, digits")]
    [InlineData("\"group_by\": [\"value\"]", "'value' is a number and cannot be grouped by")]
    [InlineData("\"group_by\": [\"ts\"]", "'ts' is a number and cannot be grouped by")]
    [InlineData("\"measures\": [\"sum\", \"sum(value)\"]", "'measures' has sum(value) twice.")]
    [InlineData("\"measures\": [\"unique\"]", "'unique' needs a field: unique(user_id).")]
    [InlineData("\"measures\": [\"unique(value)\"]", "value is a number; unique counts distinct texts.")]
    [InlineData("\"measures\": [\"max(ts)\"]", "ts is when the event happened and decides its window; it is not measured.")]
    [InlineData("\"measures\": [\"count(product)\"]", "count counts events and takes no field; distinct values are unique(product).")]
    [InlineData("\"measures\": [\"sum(a b)\"]", "'a b' is no field name")]
    [InlineData("\"measures\": [\"sum(value\"]", "'sum(value' is no measure. Allowed: count,")]
    [InlineData("\"measures\": [null]", "'measures' takes text in quotes, was null.")]
    [InlineData("\"window\": 60", "'window' must be \"all\", a length, or a list of them")]
    [InlineData("\"window\": []", "at most 6, was a list of 0.")]
    [InlineData("\"window\": [\"1s\",\"2s\",\"4s\",\"8s\",\"16s\",\"32s\",\"64s\"]", "at most 6, was a list of 7.")]
    [InlineData("\"window\": \"500ms\"", "like 10s, 15m, 1h or 7d, from 1s to 3650d, was \"500ms\".")]
    [InlineData("\"window\": [\"60s\", \"1m\"]", "'window' has the length 1m twice.")]
    [InlineData("\"window\": [\"all\", \"all\"]", "'window' has \"all\" twice.")]
    [InlineData("\"window\": \"1m\", \"retain\": \"1h\"", "'retain' must be an object of lengths")]
    [InlineData("\"window\": \"1m\", \"retain\": {\"1h\": \"1d\"}", "'1h' is no length of this view's 'window'. Allowed: 1m.")]
    [InlineData("\"window\": \"1m\", \"retain\": {\"all\": \"1d\"}", "\"all\" is kept for ever")]
    [InlineData("\"window\": \"1m\", \"retain\": {\"1m\": \"1h\", \"60s\": \"2h\"}", "1m is given twice")]
    [InlineData("\"window\": \"1m\", \"retain\": {\"1m\": \"0s\"}", "'retain' of 1m must be a whole number of seconds")]
    [InlineData("\"window\": \"1s\", \"retain\": {\"1s\": \"1d\"}", "'retain' of 1s may be at most 20000s, which are 20,000 buckets, was 1d; for longer ones add a coarser length")]
    [InlineData("\"window\": [\"1m\",\"1h\"], \"retain\": {\"1h\": \"1d\", \"1m\": \"2d\"}", "'retain' of 1h must be at least 2d, as long as a finer length is kept, was 1d.")]
    [InlineData("\"sessions\": true", "'sessions' must be an object, was true.")]
    [InlineData("\"sessions\": {\"bye\": \"user_id\"}", "'bye' is no property of 'sessions'. Did you mean 'by'? Allowed: by, gap.")]
    [InlineData("\"sessions\": {\"by\": 3}", "'by' takes text in quotes, was 3.")]
    [InlineData("\"sessions\": {\"by\": \"a b\"}", "'by': \"a b\" is no field name; allowed are letters")]
    [InlineData("\"sessions\": {\"by\": \"value\"}", "'by': 'value' is a number; sessions go by a text field, like session_id or user_id.")]
    [InlineData("\"sessions\": {\"gap\": \"500ms\"}", "like 90s, 30m or 1h, from 1s to 1d, was \"500ms\".")]
    [InlineData("\"sessions\": {\"gap\": \"25h\"}", "from 1s to 1d, was \"25h\".")]
    [InlineData("\"sessions\": {\"gap\": 30}", "from 1s to 1d, was 30.")]
    [InlineData("\"sessions\": {}, \"retain\": {\"1m\": \"1h\"}", "'retain' of a view with 'sessions' must be a whole number of seconds, minutes")]
    [InlineData("\"sessions\": {\"gap\": \"1m\"}, \"retain\": \"24h\"", "'retain' may be at most 100 gaps, 100m, was 24h; a longer gap allows more.")]
    [InlineData("\"sessions\": {}, \"window\": \"1m\"", "a view with 'sessions' has no 'window'. Allowed: name, description, filter, sessions, retain, limit.")]
    [InlineData("\"sessions\": {}, \"group_by\": []", "a view with 'sessions' has no 'group_by'.")]
    [InlineData("\"measures\": [\"count\"], \"sessions\": {}", "a view with 'sessions' has no 'measures'.")]
    [InlineData("\"limit\": 1.5", "'limit' must be a whole number from 1 to 1,000,000, was 1.5.")]
    [InlineData("\"limit\": \"9\"", "'limit' must be a whole number")]
    [InlineData("\"limit\": 1000001", "'limit' must be a whole number")]
    public void A_mistake_in_a_view_says_what_is_allowed(string property, string message)
    {
        var name = property.StartsWith("\"name\"", StringComparison.Ordinal) ? "" : "\"name\": \"a\", ";
        var mistake = Assert.Single(Mistakes($$"""{"views":[{ {{name}}{{property}} }]}"""));
        Assert.Contains(message, mistake.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a == 'ä' = 2", 21)]
    [InlineData("a == \\\"x\\\" = 2", 23)]
    [InlineData("a == '\\u00e4' = 2", 26)]
    [InlineData("a == '😀' = 2", 22)] // two characters to an editor
    public void A_fault_in_a_filter_is_found_where_it_stands_in_the_file(string filter, int column)
    {
        var mistake = Assert.Single(Mistakes("{\"views\":[{\"name\":\"a\",\n\"filter\": \"" + filter + "\"}]}"));
        Assert.Equal((2, column), (mistake.Line, mistake.Column));
        Assert.Contains("equality is written", mistake.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Too_many_views_and_too_long_files_are_refused()
    {
        var views = string.Join(',', Enumerable.Range(0, 65).Select(i => $"{{\"name\":\"v{i}\"}}"));
        Assert.Contains("at most 64 views, was a list of 65", Assert.Single(Mistakes($"{{\"views\":[{views}]}}")).Message, StringComparison.Ordinal);
        Assert.Contains("at most 1,048,576 are read", Assert.Single(Mistakes("{\"views\":[]}".PadRight(1_048_577))).Message, StringComparison.Ordinal);
        Assert.Contains("depth", Assert.Single(Mistakes(new string('[', 100_000))).Message, StringComparison.Ordinal);
    }

    private static IReadOnlyList<DeclarationMistake> Mistakes(string json)
    {
        var declared = ViewDeclarations.Parse(Encoding.UTF8.GetBytes(json), "my.json");
        Assert.Empty(declared.Views);
        return declared.Mistakes;
    }
}
