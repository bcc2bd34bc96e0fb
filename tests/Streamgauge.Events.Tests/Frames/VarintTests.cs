namespace Streamgauge.Events.Tests;

public class VarintTests
{
    [Fact]
    public void Every_number_comes_back_and_its_size_is_foretold()
    {
        for (var bit = 0; bit < 64; bit++)
        {
            foreach (var number in (ulong[])[(1UL << bit) - 1, 1UL << bit, (1UL << bit) + 1, ulong.MaxValue >> bit])
            {
                var bytes = FrameBytes.Varint(number);
                var at = 0;
                Assert.True(Varint.TryRead(bytes, ref at, out var read));
                Assert.Equal((number, bytes.Length), (read, at));
                Assert.Equal(bytes.Length, Varint.Size(number));
                at = 0;
                Assert.False(Varint.TryRead(bytes.AsSpan(0, bytes.Length - 1), ref at, out _));
                foreach (var signed in (long[])[(long)number, -(long)number]) Assert.Equal(signed, Varint.Unzigzag(Varint.Zigzag(signed)));
            }
        }
    }

    [Fact]
    public void The_checksum_is_castagnolis() => Assert.Equal(0xE3069283u, Crc32C.Compute("123456789"u8));
}
