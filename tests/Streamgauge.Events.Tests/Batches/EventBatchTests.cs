namespace Streamgauge.Events.Tests;

public class EventBatchTests
{
    [Fact]
    public void The_type_is_always_kept_and_no_field_twice() =>
        Assert.Equal(["product", "event_type"], new EventBatch(["product", "product"]).Columns.ToArray().Select(c => c.Name));

    [Theory]
    [InlineData("value")]
    [InlineData("ts")]
    public void Numbers_are_not_text_fields(string field) => Assert.Throws<ArgumentException>(() => new EventBatch([field]));

    [Fact]
    public void A_field_that_is_not_kept_has_no_column() => Assert.Throws<ArgumentException>(() => new EventBatch([]).Column("product"));

    [Fact]
    public void A_cleared_batch_is_empty_and_numbers_its_strings_anew()
    {
        var batch = new EventBatch([]);
        var decoder = new PlainEntryDecoder(batch);
        for (var round = 0; round < 3; round++)
        {
            for (var i = 0; i < 3000; i++) Assert.Equal(EventFault.None, TestEvent.Plain(new EventFields { EventType = i % 2 == 0 ? "a"u8 : "b"u8 }, decoder, 0));
            Assert.Equal(3000, batch.Count);
            Assert.Equal([0, 1, 0], batch.EventType.Values(3).ToArray());
            batch.Clear();
            Assert.Equal(0, batch.Count);
            Assert.Equal(0, batch.EventType.Symbols.Count);
        }
    }
}
