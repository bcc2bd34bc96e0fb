using System.Text;

namespace Streamgauge.Events.Tests;

public class PlainEntryDecoderTests
{
    private const long Arrival = 1_763_805_600_000;
    private readonly EventBatch _batch = new(["event_type", "product", "session_id", "user_id", "page"]);

    [Fact]
    public void An_entry_with_all_fields_is_one_event()
    {
        Assert.Equal(EventFault.None, Decode(("event_id", "e1"), ("user_id", "u1"), ("event_type", "purchase"), ("product", "laptop"), ("session_id", "s1"), ("value", "19.99"), ("ts", "1763805599"), ("page", "/home")));
        Assert.Equal("purchase", _batch.Text("event_type", 0));
        Assert.Equal("laptop", _batch.Text("product", 0));
        Assert.Equal("/home", _batch.Text("page", 0));
        Assert.Equal(19_990_000, _batch.ValuesMicros[0]);
        Assert.Equal(Arrival - 1000, _batch.TimestampsMs[0]);
    }

    [Fact]
    public void An_event_without_product_session_user_value_and_time_is_counted()
    {
        Assert.Equal(EventFault.None, Decode(("event_type", "click")));
        Assert.Null(_batch.Text("product", 0));
        Assert.Null(_batch.Text("session_id", 0));
        Assert.Null(_batch.Text("user_id", 0));
        Assert.Equal(EventBatch.NoValue, _batch.ValuesMicros[0]);
        Assert.Equal(Arrival, _batch.TimestampsMs[0]);
    }

    [Fact]
    public void Empty_values_are_absent()
    {
        Assert.Equal(EventFault.None, Decode(("event_type", "click"), ("product", ""), ("value", ""), ("ts", ""), ("page", "")));
        Assert.Null(_batch.Text("product", 0));
        Assert.Null(_batch.Text("page", 0));
        Assert.Equal(EventBatch.NoValue, _batch.ValuesMicros[0]);
        Assert.Equal(Arrival, _batch.TimestampsMs[0]);
        Assert.Equal(EventFault.MissingType, Decode(("event_type", ""), ("product", "laptop")));
    }

    [Theory]
    [InlineData("product", "laptop", EventFault.MissingType)]
    [InlineData("page", "/home", EventFault.NoKnownFields)]
    [InlineData("value", "a lot", EventFault.BadValue)]
    [InlineData("value", "NaN", EventFault.BadValue)]
    [InlineData("value", "1000000001", EventFault.ValueOutOfRange)]
    [InlineData("ts", "0001-01-01T00:00:00Z", EventFault.TimestampOutOfRange)]
    [InlineData("ts", "9999-12-31T23:59:59Z", EventFault.TimestampOutOfRange)]
    [InlineData("ts", "soon", EventFault.BadTimestamp)]
    [InlineData("", "v", EventFault.BadFieldName)]
    [InlineData("a\nb", "v", EventFault.InvalidText)]
    public void A_bad_entry_adds_nothing_and_says_why(string name, string value, EventFault fault)
    {
        Assert.Equal(EventFault.None, Decode(("event_type", "before")));
        Assert.Equal(fault, fault is EventFault.MissingType or EventFault.NoKnownFields ? Decode((name, value)) : Decode(("event_type", "bad"), ("product", "laptop"), (name, value)));
        Assert.Equal(1, _batch.Count);
        Assert.Equal(EventFault.None, Decode(("event_type", "after")));
        Assert.Equal("after", _batch.Text("event_type", 1));
        Assert.Null(_batch.Text("product", 1));
    }

    [Fact]
    public void An_entry_without_fields_is_no_event() => Assert.Equal(EventFault.NoKnownFields, Decode());

    [Fact]
    public void Names_of_10_KB_and_broken_utf8_are_refused_in_every_field()
    {
        foreach (var field in new[] { "event_type", "product", "user_id", "session_id", "event_id", "page" })
        {
            Assert.Equal(EventFault.TooLong, Decode(("event_type", "t"), (field, new string('x', 10_000))));
            var decoder = new PlainEntryDecoder(_batch);
            decoder.Begin(Arrival);
            decoder.Field(Encoding.UTF8.GetBytes(field), [(byte)'a', 0xC3, 0x28]);
            Assert.Equal(EventFault.InvalidText, decoder.End());
        }

        Assert.Equal(EventFault.TooLong, Decode(("event_type", "t"), (new string('n', 10_000), "v")));
        Assert.Equal(0, _batch.Count);
    }

    [Fact]
    public void Thirty_two_further_fields_are_taken_and_16_KiB_in_all()
    {
        (string, string)[] Fields(int count, int size) => [("event_type", "t"), .. Enumerable.Range(0, count).Select(i => ($"f{i:D2}", new string('v', size)))];
        Assert.Equal(EventFault.None, Decode(Fields(32, 400)));
        Assert.Equal(EventFault.TooManyFields, Decode(Fields(33, 400)));
        Assert.Equal(EventFault.TooLong, Decode(Fields(32, 510)));
        Assert.Equal(EventFault.None, Decode([.. Fields(31, 520), ("last", new string('v', 16384 - 11 - (31 * 523) - 4 + 0))]));
        Assert.Equal(EventFault.TooLong, Decode([.. Fields(31, 520), ("last", new string('v', 16384 - 11 - (31 * 523) - 4 + 1))]));
    }

    [Fact]
    public void The_last_of_two_equal_fields_counts()
    {
        Assert.Equal(EventFault.None, Decode(("event_type", "a"), ("event_type", "b"), ("page", "1"), ("page", "2"), ("page", ""), ("value", "1"), ("value", "2")));
        Assert.Equal("b", _batch.Text("event_type", 0));
        Assert.Equal("2", _batch.Text("page", 0));
        Assert.Equal(2_000_000, _batch.ValuesMicros[0]);
    }

    [Theory]
    [InlineData(300_000, false)]
    [InlineData(300_001, true)]
    public void A_time_more_than_five_minutes_ahead_becomes_the_arrival(long aheadMs, bool clamped)
    {
        Assert.Equal(EventFault.None, Decode(("event_type", "t"), ("ts", (Arrival + aheadMs).ToString())));
        Assert.Equal(clamped ? Arrival : Arrival + aheadMs, _batch.TimestampsMs[0]);
        Assert.Equal(clamped ? 1 : 0, _batch.ClampedCount);
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(EventLimits.TimestampMsMax + 1)]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    public void An_entry_id_that_is_no_time_is_never_taken_for_one(long arrivalMs)
    {
        var decoder = new PlainEntryDecoder(_batch);
        decoder.Begin(arrivalMs);
        decoder.Field("event_type"u8, "t"u8);
        Assert.Equal(EventFault.TimestampOutOfRange, decoder.End());
        decoder.Begin(arrivalMs);
        decoder.Field("event_type"u8, "t"u8);
        decoder.Field("ts"u8, "1763805600000"u8);
        Assert.Equal(EventFault.None, decoder.End());
        Assert.Equal(arrivalMs > 0 ? Arrival : 0, _batch.TimestampsMs[0]);
    }

    private EventFault Decode(params (string Name, string Value)[] fields)
    {
        var decoder = new PlainEntryDecoder(_batch);
        decoder.Begin(Arrival);
        foreach (var (name, value) in fields) decoder.Field(Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(value));
        return decoder.End();
    }
}
