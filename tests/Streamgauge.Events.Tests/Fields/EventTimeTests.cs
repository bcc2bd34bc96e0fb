using System.Globalization;
using System.Text;

namespace Streamgauge.Events.Tests;

public class EventTimeTests
{
    private const long Noon = 1_763_805_600_000; // 2025-11-22T10:00:00Z

    [Theory]
    [InlineData("1763805600000", Noon)]
    [InlineData("1763805600", Noon)]
    [InlineData("1763805600.25", Noon + 250)]
    [InlineData("1763805600.0009", Noon)]
    [InlineData("1763805600000.9", Noon)]
    [InlineData("0", 0)]
    [InlineData("-0", 0)]
    [InlineData("99999999999", 99_999_999_999_000, EventFault.TimestampOutOfRange)]
    [InlineData("100000000000", 100_000_000_000)]
    [InlineData("4102444800000", 4_102_444_800_000)]
    [InlineData("4102444800001", 4_102_444_800_001, EventFault.TimestampOutOfRange)]
    [InlineData("-1", -1000, EventFault.TimestampOutOfRange)]
    [InlineData("1763805600000000", 1_763_805_600_000_000, EventFault.TimestampOutOfRange)] // microseconds
    [InlineData("999999999999999999", 999_999_999_999_999_999, EventFault.TimestampOutOfRange)]
    public void A_number_is_unix_seconds_or_milliseconds(string text, long timestampMs, EventFault fault = EventFault.None) =>
        Expect(text, fault, timestampMs);

    [Theory]
    [InlineData("2025-11-22T10:00:00Z", Noon)]
    [InlineData("2025-11-22t10:00:00z", Noon)]
    [InlineData("2025-11-22 10:00:00Z", Noon)]
    [InlineData("2025-11-22T10:00:00.5Z", Noon + 500)]
    [InlineData("2025-11-22T10:00:00.1239999Z", Noon + 123)]
    [InlineData("2025-11-22T11:30:00+01:30", Noon)]
    [InlineData("2025-11-22T04:30:00-0530", Noon)]
    [InlineData("2025-11-22T10:00:00+00:00", Noon)]
    [InlineData("2025-11-23T09:59:00+23:59", Noon)]
    [InlineData("2019-10-01 00:00:00 UTC", 1_569_888_000_000)]
    [InlineData("2024-02-29T23:59:59Z", 1_709_251_199_000)]
    [InlineData("1970-01-01T00:00:00Z", 0)]
    [InlineData("2100-01-01T00:00:00Z", 4_102_444_800_000)]
    public void A_date_with_a_zone_is_read(string text, long timestampMs) => Expect(text, EventFault.None, timestampMs);

    [Theory]
    [InlineData("0001-01-01T00:00:00Z")]
    [InlineData("0001-01-01T00:00:00+23:00")] // before year 1 in UTC
    [InlineData("9999-12-31T23:59:59Z")]
    [InlineData("9999-12-31T23:59:59-23:00")]
    [InlineData("1969-12-31T23:59:59.999Z")]
    [InlineData("2100-01-01T00:00:00.001Z")]
    public void A_date_outside_1970_to_2100_is_out_of_range(string text) => Expect(text, EventFault.TimestampOutOfRange);

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData(".5")]
    [InlineData("yesterday")]
    [InlineData("1.7e12")]
    [InlineData("+1763805600")]
    [InlineData("1000000000000000000")] // 19 digits
    [InlineData("2025-11-22T10:00:00")] // no zone
    [InlineData("2025-11-22 10:00:00.25")]
    [InlineData("2025-11-22T10:00:00.Z")]
    [InlineData("2025-11-22T10:00:00 GMT")]
    [InlineData("2025-11-22T10:00:00+1:00")]
    [InlineData("2025-11-22T10:00:00+24:00")]
    [InlineData("2025-11-22T10:00:00+01:60")]
    [InlineData("2025-11-22T10:00:00ZZ")]
    [InlineData("2025-11-22")]
    [InlineData("2025-02-29T10:00:00Z")]
    [InlineData("2025-13-01T10:00:00Z")]
    [InlineData("2025-00-01T10:00:00Z")]
    [InlineData("0000-01-01T10:00:00Z")]
    [InlineData("2025-11-22T24:00:00Z")]
    [InlineData("2025-11-22T10:60:00Z")]
    [InlineData("2025-11-22T10:00:60Z")]
    [InlineData("10/01/2019 00:00:00Z")] // day and month are anyone's guess
    [InlineData("22 Nov 2025 10:00:00 Z")]
    [InlineData("2025-11-22T10:00:00\u00A0UTC")]
    [InlineData("２025-11-22T10:00:00Z")]
    [InlineData("2025-11-22T10:00:00.0000000000000000000000000000Z")] // longer than any clock writes
    public void Anything_else_is_no_time(string text) => Expect(text, EventFault.BadTimestamp);

    [Fact]
    public void Dates_agree_with_the_base_library()
    {
        var random = Seeded.Random(out var seed);
        for (var i = 0; i < 20_000; i++)
        {
            var time = DateTimeOffset.FromUnixTimeMilliseconds(random.NextInt64(EventLimits.TimestampMsMax)).ToOffset(TimeSpan.FromMinutes(random.Next(-840, 841)));
            var text = time.ToString("yyyy-MM-dd'T'HH:mm:ss.fffzzz", CultureInfo.InvariantCulture);
            Assert.True(EventTime.TryParse(Encoding.UTF8.GetBytes(text), out var read) == EventFault.None, $"{text}, seed {seed}");
            Assert.Equal(time.ToUnixTimeMilliseconds(), read);
        }
    }

    [Fact]
    public void Random_bytes_never_throw()
    {
        var random = Seeded.Random(out _);
        var bytes = new byte[60];
        for (var i = 0; i < 20_000; i++)
        {
            random.NextBytes(bytes);
            for (var k = 0; k < bytes.Length; k++) bytes[k] = random.Next(8) == 0 ? bytes[k] : (byte)"0123456789-:.TZ+ "[bytes[k] % 17];
            EventTime.TryParse(bytes.AsSpan(0, random.Next(bytes.Length)), out _);
        }
    }

    private static void Expect(string text, EventFault fault, long? timestampMs = null)
    {
        Assert.Equal(fault, EventTime.TryParse(Encoding.UTF8.GetBytes(text), out var read));
        if (timestampMs is not null) Assert.Equal(timestampMs, read);
    }
}
