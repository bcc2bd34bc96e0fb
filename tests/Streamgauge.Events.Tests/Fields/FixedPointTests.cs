using System.Text;

namespace Streamgauge.Events.Tests;

public class FixedPointTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("-0", 0)]
    [InlineData("+0.0", 0)]
    [InlineData("19.99", 19_990_000)]
    [InlineData("-19.99", -19_990_000)]
    [InlineData("+5", 5_000_000)]
    [InlineData("007", 7_000_000)]
    [InlineData("5.", 5_000_000)]
    [InlineData(".5", 500_000)]
    [InlineData("-.5", -500_000)]
    [InlineData("0.000001", 1)]
    [InlineData("0.0000004", 0)]
    [InlineData("0.0000005", 1)]
    [InlineData("-0.0000005", -1)]
    [InlineData("0.00000049999", 0)]
    [InlineData("0.9999995", 1_000_000)]
    [InlineData("19.989999999999998", 19_990_000)]
    [InlineData("1000000000", 1_000_000_000_000_000)]
    [InlineData("-1000000000.0000004", -1_000_000_000_000_000)]
    public void A_plain_decimal_is_read_to_the_nearest_millionth(string text, long micros)
    {
        Assert.Equal(EventFault.None, Parse(text, out var read));
        Assert.Equal(micros, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("+")]
    [InlineData("-")]
    [InlineData("-.")]
    [InlineData("1e5")]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("0x10")]
    [InlineData("1,5")]
    [InlineData(" 1")]
    [InlineData("1 ")]
    [InlineData("--1")]
    [InlineData("1.2.3")]
    [InlineData("99999999999x")]
    [InlineData("١")]
    [InlineData("00000000000000000000000000000000000000001")] // 41 characters
    public void Anything_else_is_no_number(string text)
    {
        Assert.Equal(EventFault.BadValue, Parse(text, out var micros));
        Assert.Equal(0, micros);
    }

    [Theory]
    [InlineData("1000000000.000001")]
    [InlineData("-1000000000.000001")]
    [InlineData("1000000000.0000005")]
    [InlineData("1000000001")]
    [InlineData("9223372036854775807")]
    [InlineData("18446744073709551617")]
    [InlineData("9999999999999999999999999999999999999999")] // 40 digits
    [InlineData("-99999999999999999999999")]
    [InlineData("10000000000000000000000000000000000000.1")]
    public void A_number_beyond_the_limit_is_out_of_range_not_wrapped(string text) =>
        Assert.Equal(EventFault.ValueOutOfRange, Parse(text, out _));

    [Theory]
    [InlineData(0, "0")]
    [InlineData(1, "0.000001")]
    [InlineData(-1, "-0.000001")]
    [InlineData(19_990_000, "19.99")]
    [InlineData(100_000_000, "100")]
    [InlineData(-1_500_000, "-1.5")]
    [InlineData(long.MaxValue, "9223372036854.775807")]
    [InlineData(long.MinValue, "-9223372036854.775808")]
    public void Micros_are_written_as_the_shortest_decimal(long micros, string text)
    {
        Span<byte> output = stackalloc byte[FixedPoint.FormatBytesMax];
        Assert.Equal(text, Encoding.UTF8.GetString(output[..FixedPoint.Format(micros, output)]));
        Assert.Equal(text, FixedPoint.ToText(micros));
        Assert.Equal(decimal.Parse(text), FixedPoint.ToDecimal(micros));
    }

    [Fact]
    public void Every_valid_value_reads_back_as_it_was_written()
    {
        var random = Seeded.Random(out var seed);
        Span<byte> output = stackalloc byte[FixedPoint.FormatBytesMax];
        for (var i = 0; i < 20_000; i++)
        {
            var micros = random.NextInt64(-FixedPoint.MicrosMax, FixedPoint.MicrosMax + 1) / (long)Math.Pow(10, random.Next(16));
            var written = output[..FixedPoint.Format(micros, output)];
            Assert.True(FixedPoint.TryParse(written, out var read) == EventFault.None && read == micros, $"{micros}, seed {seed}");
            Assert.Equal(FixedPoint.ToText(micros), Encoding.UTF8.GetString(written));
        }
    }

    private static EventFault Parse(string text, out long micros) => FixedPoint.TryParse(Encoding.UTF8.GetBytes(text), out micros);
}
