using Streamgauge.Streams;

namespace Streamgauge.Cli.Tests;

public class TailPrinterTests
{
    [Theory]
    [InlineData("laptop", "laptop")]
    [InlineData("日本 😀", "日本 😀")]
    [InlineData("\u001b[2Jgone", "\\u{1b}[2Jgone")]
    [InlineData("a\r\nb\u009bc", "a\\u{d}\\u{a}b\\u{9b}c")]
    [InlineData("\u202Eright to left\u2028", "\\u{202e}right to left\\u{2028}")]
    [InlineData("\u200b\uFEFF", "\\u{200b}\\u{feff}")]
    public void Text_that_could_command_a_terminal_is_spelled_out(string text, string expected) => Assert.Equal(expected, TerminalText.Of(text));

    [Fact]
    public async Task An_event_is_one_line_with_its_further_fields_behind()
    {
        var item = new TailedEvent(
            new StreamEntryId(1763805600000, 0), 0, 1763805600000, 19_990_000,
            [KeyValuePair.Create("event_type", "buy"), KeyValuePair.Create("user_id", "u\n1"), KeyValuePair.Create("color\u001b", "red")]);

        Assert.Equal(
            "2025-11-22 10:00:00.000Z  buy               -                     u\\u{a}1               -                          19.99  color\\u{1b}=red",
            await PrintAsync(item, OutputFormat.Table));
        Assert.Equal(
            """{"id":"1763805600000-0","index":0,"event_type":"buy","user_id":"u\n1","value":19.99,"ts":"2025-11-22T10:00:00.000Z","arrived":"2025-11-22T10:00:00.000Z","fields":{"color\u001B":"red"}}""",
            await PrintAsync(item, OutputFormat.Json));
    }

    private static async Task<string> PrintAsync(TailedEvent item, OutputFormat format)
    {
        await using var output = new StringWriter();
        await using (var printer = new TailPrinter(output, format)) printer.Print(item);
        return output.ToString().TrimEnd();
    }
}
