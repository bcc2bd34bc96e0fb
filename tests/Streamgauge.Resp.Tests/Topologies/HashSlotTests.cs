namespace Streamgauge.Resp.Tests.Topologies;

public class HashSlotTests
{
    [Fact]
    public void The_checksum_is_that_of_the_specification() => Assert.Equal(0x31C3, HashSlot.Crc16("123456789"u8)); // cluster specification, appendix A

    [Theory]
    [InlineData("", 0)]
    [InlineData("foo", 12182)] // the specification's own examples, the rest from CLUSTER KEYSLOT of 7.0.15
    [InlineData("bar", 5061)]
    [InlineData("events", 9102)]
    [InlineData("{events}:aggregates", 9102)]
    [InlineData("a{events}b{c}", 9102)]
    [InlineData("{user1000}.following", 3443)]
    [InlineData("{user1000}.followers", 3443)]
    [InlineData("foo{}{bar}", 8363)]
    [InlineData("foo{{bar}}zap", 4015)]
    [InlineData("foo{bar}{zap}", 5061)]
    [InlineData("foo{bar", 15278)]
    [InlineData("}{events}", 9102)]
    [InlineData("größe", 9425)]
    public void A_key_belongs_to_the_slot_of_its_hash_tag(string key, int slot) => Assert.Equal(slot, HashSlot.Of(key));
}
