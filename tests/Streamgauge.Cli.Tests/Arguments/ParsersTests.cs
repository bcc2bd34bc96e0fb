namespace Streamgauge.Cli.Tests;

public class ParsersTests
{
    [Theory]
    [InlineData("200ms", 0.2)]
    [InlineData("30s", 30)]
    [InlineData("1.5s", 1.5)]
    [InlineData("5m", 300)]
    [InlineData("24h", 86_400)]
    [InlineData("7d", 604_800)]
    [InlineData("0s", 0)]
    public void Durations_are_read_as_people_write_them(string text, double seconds)
    {
        Assert.True(Parsers.TryParseDuration(text, out var value));
        Assert.Equal(seconds, value.TotalSeconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("s")]
    [InlineData("-5s")]
    [InlineData("5 s")]
    [InlineData("5S")]
    [InlineData("1e9s")]
    [InlineData("NaNs")]
    [InlineData("00:00:05")]
    [InlineData("99999999999d")]
    [InlineData("five minutes")]
    public void Anything_else_is_no_duration(string text) => Assert.False(Parsers.TryParseDuration(text, out _));

    [Theory]
    [InlineData("0", 0)]
    [InlineData("512", 512)]
    [InlineData("512b", 512)]
    [InlineData("64kb", 65_536)]
    [InlineData("256mb", 268_435_456)]
    [InlineData("2GB", 2_147_483_648)]
    public void Sizes_are_read_as_people_write_them(string text, long bytes)
    {
        Assert.True(Parsers.TryParseSize(text, out var value));
        Assert.Equal(bytes, value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("mb")]
    [InlineData("-1")]
    [InlineData("1.5gb")]
    [InlineData("1 mb")]
    [InlineData("1tb")]
    [InlineData("9223372036854775807gb")]
    [InlineData("99999999999999999999")]
    public void Anything_else_is_no_size(string text) => Assert.False(Parsers.TryParseSize(text, out _));
}
