namespace Streamgauge.Views.Tests;

public class FilterSyntaxTests
{
    [Theory]
    [InlineData("event_type=='purchase'", "event_type == 'purchase'")]
    [InlineData("event_type == \"it's\"", "event_type == 'it''s'")]
    [InlineData("brand == \"say \"\"yes\"\"\"", "brand == 'say \"yes\"'")]
    [InlineData("value>=10.50", "value >= 10.5")]
    [InlineData("value<-0.000001", "value < -0.000001")]
    [InlineData("ts >= 1763805600000", "ts >= 1763805600000")]
    [InlineData("(((a == 1)))", "a == 1")]
    [InlineData("a == 1 or b == 2 and c == 3", "a == 1 or b == 2 and c == 3")]
    [InlineData("(a == 1 or b == 2) and c == 3", "(a == 1 or b == 2) and c == 3")]
    [InlineData("not (a == 1 and (b == 2 and c == 3))", "not (a == 1 and b == 2 and c == 3)")]
    [InlineData("not not exists( a.b-c$d )", "not not exists(a.b-c$d)")]
    [InlineData("size in ('m', 2, 's', 1, 'm', 2.0)", "size in ('m', 's', 1, 2)")]
    [InlineData("starts_with(path , '/docs')", "starts_with(path, '/docs')")]
    [InlineData("$device == 'größe'\n  or _x != 'y'", "$device == 'größe' or _x != 'y'")]
    public void What_makes_no_difference_is_not_in_the_canonical_form(string text, string canonical)
    {
        var filter = Parse(text);
        Assert.Equal((text, canonical), (filter.Text, filter.Canonical));
        Assert.Equal(canonical, Parse(canonical).Canonical);
    }

    [Theory]
    [InlineData("", 0, "found the end, expected a field, 'not', '(', exists(field) or starts_with(field, 'text')")]
    [InlineData("event_type", 10, "found the end, expected ==, !=, <, <=, >, >= or 'in'")]
    [InlineData("event_type = 'a'", 11, "found '='; equality is written '=='")]
    [InlineData("event_type == purchase", 14, "found 'purchase', expected a text like 'abc' or a number")]
    [InlineData("event_type == 'a", 14, "the text that begins here has no end")]
    [InlineData("event_type == 'a' && b == 1", 18, "found '&'; it is written 'and'")]
    [InlineData("event_type == 'a' AND b == 1", 18, "found 'AND', expected 'and', 'or' or the end; write 'and'")]
    [InlineData("!exists(a)", 0, "found '!'; negation is written 'not'")]
    [InlineData("product == 44600062", 11, "'product' is text; compare it with a text: '44600062' in quotes")]
    [InlineData("value == '3'", 9, "'value' is a number; compare it with a number, without quotes")]
    [InlineData("ts > '2025-01-01'", 5, "'ts' is a number; compare it with a number: Unix time in milliseconds")]
    [InlineData("brand < 'b'", 8, "texts are compared with == and != only")]
    [InlineData("brand == ''", 9, "the empty text equals nothing")]
    [InlineData("value < 1e5", 8, "'1e5' is no plain decimal number")]
    [InlineData("value < 1.2345678", 8, "'1.2345678' is no plain decimal number: digits, and up to 6 decimals")]
    [InlineData("value < 1.", 8, "'1.' is no plain decimal number")]
    [InlineData("value < 9000000000001", 8, "is beyond 9,000,000,000,000")]
    [InlineData("a in 'x'", 5, "found a text, expected '(' after 'in'")]
    [InlineData("a in ()", 6, "found ')', expected a text like 'abc' or a number")]
    [InlineData("a in ('x' 'y')", 10, "found a text, expected ',' or ')'")]
    [InlineData("(a == 1", 7, "found the end, expected ')', 'and' or 'or'")]
    [InlineData("a == 1)", 6, "found ')', expected 'and', 'or' or the end")]
    [InlineData("contains(a, 'x')", 0, "'contains' is no function; there are exists(field) and starts_with(field, 'text')")]
    [InlineData("starts_with(value, '1')", 12, "'value' is a number; starts_with takes a text field")]
    [InlineData("starts_with(a)", 13, "found ')', expected ','")]
    [InlineData("exists a", 7, "found 'a', expected '(' after 'exists'")]
    [InlineData("and == 1", 0, "found 'and', expected a field")]
    [InlineData("größe == 1", 2, "found 'ö'")]
    [InlineData("a == 'x' #", 9, "found '#'; a field name has letters")]
    public void A_fault_says_where_what_was_found_and_what_is_allowed(string text, int position, string message)
    {
        Assert.False(EventFilter.TryParse(text, out var filter, out var fault));
        Assert.Null(filter);
        Assert.Equal(position, fault.Position);
        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Length_nesting_and_lists_have_bounds()
    {
        Parse(new string('(', 32) + "a == 1" + new string(')', 32));
        Assert.Contains("nest at most 32 deep", Fault(new string('(', 33) + "a == 1" + new string(')', 33)).Message, StringComparison.Ordinal);
        Assert.Contains("nest at most 32 deep", Fault(string.Concat(Enumerable.Repeat("not ", 33)) + "a == 1").Message, StringComparison.Ordinal);
        Parse($"a in ({string.Join(',', Enumerable.Range(0, 256))})");
        Assert.Contains("at most 256 items", Fault($"a in ({string.Join(',', Enumerable.Range(0, 257))})").Message, StringComparison.Ordinal);
        Parse("a == 1".PadRight(ViewLimits.FilterCharsMax));
        Assert.Contains("at most 2,000 characters", Fault("a == 1".PadRight(ViewLimits.FilterCharsMax + 1)).Message, StringComparison.Ordinal);
        Assert.Contains("at most 64 characters", Fault(new string('a', 65) + " == 1").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fields_are_the_text_fields_each_once()
    {
        var filter = Parse("value > 1 and brand == 'a' and (exists(product) or not starts_with(brand, 'b')) and ts > 0");
        Assert.Equal(["brand", "product"], filter.Fields);
    }

    [Fact]
    public void Nothing_that_is_typed_brings_the_parser_down()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        string[] words = ["a", "value", "ts", "product", "and", "or", "not", "in", "(", ")", ",", "==", "<", "'x'", "\"", "'", "5", "-1.5", "exists", "starts_with", " ", "ä", "\ud800", "=", "\0"];
        for (var round = 0; round < 20_000; round++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => words[random.Next(words.Length)] + (random.Next(2) == 0 ? " " : "")));
            var isFilter = EventFilter.TryParse(text, out var filter, out var fault);
            Assert.True(isFilter ? fault is null && filter!.Canonical.Length > 0 : filter is null && fault!.Position >= 0 && fault.Position <= text.Length, $"seed {seed}: {text}");
        }
    }

    private static EventFilter Parse(string text)
    {
        Assert.True(EventFilter.TryParse(text, out var filter, out var fault), fault?.Message);
        return filter;
    }

    private static FilterFault Fault(string text)
    {
        Assert.False(EventFilter.TryParse(text, out _, out var fault));
        return fault;
    }
}
