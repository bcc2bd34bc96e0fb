using System.Text;

namespace Streamgauge.Events.Tests;

public class EventRulesTests
{
    public static TheoryData<int> NamedFields => [0, 1, 2, 3, 4];

    [Fact]
    public void Every_documented_field_is_known_by_its_name_and_no_other()
    {
        foreach (var field in Enum.GetValues<EventField>().Where(f => f != EventField.Extra))
        {
            var name = FieldNames.Of(field).ToArray();
            Assert.Equal(field, FieldNames.Identify(name));
            for (var i = 0; i < name.Length; i++)
            {
                name[i] ^= 0x20;
                Assert.Equal(EventField.Extra, FieldNames.Identify(name));
                name[i] ^= 0x20;
            }
        }

        Assert.Equal(EventField.Extra, FieldNames.Identify([]));
        Assert.Throws<ArgumentOutOfRangeException>(() => FieldNames.Of(EventField.Extra).Length);
    }

    [Fact]
    public void Every_fault_has_a_wire_name_of_its_own()
    {
        var names = EventFaults.All.Select(f => f.WireName()).ToList();
        Assert.Equal(Enum.GetValues<EventFault>().Length - 1, names.Distinct().Count());
        Assert.All(names, name => Assert.Matches("^[a-z_]+$", name));
        Assert.DoesNotContain(EventFault.None, EventFaults.All);
        Assert.Equal("bad_field_name", EventFault.BadFieldName.WireName());
    }

    [Theory]
    [MemberData(nameof(NamedFields))]
    public void A_name_may_have_256_bytes_and_not_one_more(int field)
    {
        Assert.Equal(EventFault.None, Check(field, new string('x', 256)));
        Assert.Equal(EventFault.TooLong, Check(field, new string('x', 257)));
        Assert.Equal(EventFault.None, Check(field, new string('é', 128)));
        Assert.Equal(EventFault.TooLong, Check(field, new string('é', 129)));
    }

    [Theory]
    [MemberData(nameof(NamedFields))]
    public void A_name_is_text_without_control_characters(int field)
    {
        Assert.Equal(EventFault.None, Check(field, "naïve 名 🛒"));
        foreach (var bad in (byte[][])[[0], [0x1F], [0x7F], [.. "a\nb"u8], [0xC3], [0xFF, 0xFE], [0xED, 0xA0, 0x80]])
            Assert.Equal(EventFault.InvalidText, Check(field, bad));
    }

    [Fact]
    public void An_event_needs_a_type() =>
        Assert.Equal(EventFault.MissingType, EventValidator.Check(new EventFields { Product = "laptop"u8 }));

    [Theory]
    [InlineData(0, EventFault.None)]
    [InlineData(EventLimits.TimestampMsMax, EventFault.None)]
    [InlineData(-1, EventFault.TimestampOutOfRange)]
    [InlineData(EventLimits.TimestampMsMax + 1, EventFault.TimestampOutOfRange)]
    [InlineData(long.MinValue, EventFault.TimestampOutOfRange)]
    [InlineData(long.MaxValue, EventFault.TimestampOutOfRange)]
    public void An_event_time_is_within_1970_to_2100(long timestampMs, EventFault fault) =>
        Assert.Equal(fault, EventValidator.Check(new EventFields { EventType = "click"u8, TimestampMs = timestampMs }));

    [Theory]
    [InlineData(1_000_000_000_000_000, EventFault.None)]
    [InlineData(-1_000_000_000_000_000, EventFault.None)]
    [InlineData(1_000_000_000_000_001, EventFault.ValueOutOfRange)]
    [InlineData(-1_000_000_000_000_001, EventFault.ValueOutOfRange)]
    [InlineData(long.MaxValue, EventFault.ValueOutOfRange)]
    [InlineData(long.MinValue, EventFault.ValueOutOfRange)]
    public void A_value_is_within_a_billion_units(long micros, EventFault fault)
    {
        Assert.Equal(fault, EventValidator.Check(new EventFields { EventType = "click"u8, HasValue = true, ValueMicros = micros }));
        Assert.Equal(EventFault.None, EventValidator.Check(new EventFields { EventType = "click"u8, ValueMicros = micros }));
    }

    [Fact]
    public void Thirty_two_further_fields_fit_and_not_one_more()
    {
        var extra = new ExtraFields();
        for (var i = 0; i < EventLimits.ExtraFieldsMax; i++) extra.Add($"f{i}", "v");
        Assert.Equal(EventFault.None, Check(extra));
        extra.Add("one", "more");
        Assert.Equal(EventFault.TooManyFields, Check(extra));
    }

    [Theory]
    [InlineData("", "v", EventFault.BadFieldName)]
    [InlineData("event_type", "v", EventFault.BadFieldName)]
    [InlineData("ts", "v", EventFault.BadFieldName)]
    [InlineData("a\tb", "v", EventFault.InvalidText)]
    [InlineData("a\u007F", "v", EventFault.InvalidText)]
    [InlineData("a", "", EventFault.None)]
    [InlineData("a", "two\nlines", EventFault.None)]
    public void A_further_field_needs_a_name_of_its_own(string name, string value, EventFault fault)
    {
        Assert.Equal(fault, EventValidator.CheckExtra(Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(value)));
        var extra = new ExtraFields();
        extra.Add(name, value);
        Assert.Equal(fault, Check(extra));
    }

    [Fact]
    public void A_further_field_keeps_its_limits()
    {
        Assert.Equal(EventFault.None, EventValidator.CheckExtra(new byte[64].AsFilled('n'), new byte[4096].AsFilled('v')));
        Assert.Equal(EventFault.TooLong, EventValidator.CheckExtra(new byte[65].AsFilled('n'), default));
        Assert.Equal(EventFault.TooLong, EventValidator.CheckExtra("n"u8, new byte[4097].AsFilled('v')));
        Assert.Equal(EventFault.InvalidText, EventValidator.CheckExtra("n"u8, [0xC3]));
        Assert.Equal(EventFault.InvalidText, EventValidator.CheckExtra([0xC3], "v"u8));
    }

    [Fact]
    public void What_the_validator_takes_a_plain_entry_takes_too_up_to_the_last_byte()
    {
        var name = new byte[EventLimits.NameBytesMax].AsFilled('n');
        var accepted = 0;
        for (var last = 0; last < 4096; last++)
        {
            var extra = new ExtraFields();
            for (var i = 0; i < 3; i++) extra.Add([(byte)('a' + i)], new byte[EventLimits.FieldValueBytesMax].AsFilled('v'));
            extra.Add("z"u8, new byte[last].AsFilled('v'));
            var fields = new EventFields
            {
                EventType = name, EventId = name, UserId = name, Product = name, SessionId = name,
                TimestampMs = 1, HasValue = true, ValueMicros = -999_999_999_999_999, Extra = extra,
            };
            if (EventValidator.Check(fields) == EventFault.None)
            {
                accepted = last;
                Assert.Equal(EventFault.None, TestEvent.Plain(fields, new PlainEntryDecoder(new EventBatch([])), arrivalMs: 1));
            }
            else Assert.Equal(EventFault.TooLong, EventValidator.Check(fields));
        }

        Assert.InRange(accepted, 2600, 2800);
    }

    [Fact]
    public void Extra_fields_come_back_in_order_and_the_buffer_is_reused()
    {
        var random = Seeded.Random(out _);
        var extra = new ExtraFields();
        for (var round = 0; round < 50; round++)
        {
            extra.Clear();
            var expected = Enumerable.Range(0, random.Next(40)).Select(i => ($"name{i}", new string('v', random.Next(200)))).ToList();
            foreach (var (name, value) in expected) extra.Add(name, value);
            Assert.Equal(expected, Enumerable.Range(0, extra.Count).Select(i => (Encoding.UTF8.GetString(extra.Name(i)), Encoding.UTF8.GetString(extra.Value(i)))));
            Assert.Equal(expected.Sum(f => f.Item1.Length + f.Item2.Length), extra.BytesTotal);
        }
    }

    private static EventFault Check(ExtraFields extra) => EventValidator.Check(new EventFields { EventType = "click"u8, Extra = extra });

    private static EventFault Check(int field, string name) => Check(field, Encoding.UTF8.GetBytes(name));

    private static EventFault Check(int field, byte[] name)
    {
        var fields = new EventFields { EventType = "click"u8 };
        switch (field)
        {
            case 0: fields.EventType = name; break;
            case 1: fields.EventId = name; break;
            case 2: fields.UserId = name; break;
            case 3: fields.Product = name; break;
            default: fields.SessionId = name; break;
        }

        return EventValidator.Check(fields);
    }
}
