using System.Text;

namespace Streamgauge.Views.Tests;

public class HyperLogLogTests
{
    [Theory]
    [InlineData("", 0xB39362CB946013E3UL)]
    [InlineData("a", 0x8CFD2F03495E07E0UL)]
    [InlineData("user-123", 0xE3052EA5D2D0FF17UL)]
    [InlineData("user-12345", 0x6FD8B362F6522D92UL)]
    [InlineData("größer als acht Bytes", 0xC4DC26F6925154FDUL)]
    public void Hash_never_changes(string value, ulong hash) => Assert.Equal(hash.ToString("X16"), StableHash.Of(Encoding.UTF8.GetBytes(value)).ToString("X16"));

    [Fact]
    public void Padding_is_not_content() => Assert.NotEqual(StableHash.Of("a"u8), StableHash.Of("a\0"u8));

    [Fact]
    public void Same_set_gives_the_same_bytes_in_any_order_and_any_number_of_parts()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        foreach (var size in new[] { 0, 1, 10, 600, 700, 750, 5_000, 100_000 })
        {
            var values = Enumerable.Range(0, size).ToArray();
            var whole = Of(values);
            random.Shuffle(values);
            var parts = values.Chunk(Math.Max(1, size / 7)).Select(part => Of([.. part, values[0]]));
            var merged = new HyperLogLog();
            foreach (var part in parts)
            {
                if (random.Next(2) == 0) merged.Merge(part);
                else merged.Merge(part.ToStored());
            }

            Assert.True(whole.ToStored().AsSpan().SequenceEqual(merged.ToStored()), $"seed {seed}, size {size}");
            Assert.Equal(whole.Estimate(), merged.Estimate());
        }
    }

    [Fact]
    public void Sparse_form_ends_where_the_dense_one_begins()
    {
        var registers = new HyperLogLog();
        for (var register = HyperLogLog.SparseMax - 1; register >= 0; register--) registers.Add(register * 6, 3);
        var sparse = registers.ToStored();
        Assert.Equal(HyperLogLog.SparseMax * 3, sparse.Length);
        Assert.Equal([0, 0, 3, 0, 6, 3], sparse[..6]);

        registers.Add(4_095, 53);
        var dense = registers.ToStored();
        Assert.Equal((HyperLogLog.RegisterCount, 3, 0, 53), (dense.Length, dense[0], dense[1], dense[4_095]));
        Assert.Empty(new HyperLogLog().ToStored());
    }

    [Fact]
    public void Estimate_is_within_four_standard_errors_up_to_ten_million()
    {
        var registers = new HyperLogLog();
        Span<byte> value = stackalloc byte[8];
        long added = 0;
        Assert.Equal(0, registers.Estimate());
        foreach (var size in new[] { 1, 2, 5, 10, 50, 100, 500, 1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000, 3_000_000, 10_000_000 })
        {
            for (; added < size; added++)
            {
                System.Buffers.Binary.BinaryPrimitives.WriteInt64LittleEndian(value, added);
                var (register, rank) = HyperLogLog.Locate(value);
                registers.Add(register, rank);
            }

            Assert.InRange(registers.Estimate(), size * (1 - (4 * HyperLogLog.StandardError)), size * (1 + (4 * HyperLogLog.StandardError)));
        }
    }

    [Fact]
    public void Error_over_many_sets_is_the_stated_one()
    {
        double squares = 0;
        const int Sets = 300, Size = 20_000;
        for (var set = 0; set < Sets; set++)
        {
            var registers = Of([.. Enumerable.Range(set * Size, Size)]);
            squares += Math.Pow((registers.Estimate() - Size) / (double)Size, 2);
        }

        Assert.InRange(Math.Sqrt(squares / Sets), HyperLogLog.StandardError * 0.8, HyperLogLog.StandardError * 1.2);
    }

    [Fact]
    public void Some_hundreds_are_nearly_exact()
    {
        for (var size = 1; size <= 500; size++) Assert.InRange(Of([.. Enumerable.Range(0, size)]).Estimate(), size - 2 - (size / 50), size + 2 + (size / 50));
    }

    [Fact]
    public void Clear_leaves_nothing_behind()
    {
        var registers = Of([.. Enumerable.Range(0, 10_000)]);
        registers.Merge(registers.ToStored());
        registers.Clear();
        Assert.Equal(0, registers.Estimate());
        Assert.Empty(registers.ToStored());
    }

    [Theory]
    [InlineData("01")]
    [InlineData("0001")]
    [InlineData("000100")] // rank 0
    [InlineData("000136")] // rank 54
    [InlineData("100001")] // register 4,096
    [InlineData("000201000101")] // descending
    [InlineData("000101000101")] // twice
    public void Malformed_sparse_registers_are_refused_and_nothing_is_added(string hex)
    {
        var registers = new HyperLogLog();
        Assert.Throws<FormatException>(() => registers.Merge(Convert.FromHexString(hex)));
        Assert.Equal(0, registers.Estimate());
    }

    [Fact]
    public void Any_bytes_are_refused_or_merged()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var registers = new HyperLogLog();
        for (var round = 0; round < 2_000; round++)
        {
            var bytes = new byte[random.Next(4) == 0 ? HyperLogLog.RegisterCount : random.Next(5_000)];
            random.NextBytes(bytes);
            if (random.Next(2) == 0) bytes.AsSpan().Fill((byte)random.Next(60));
            try { registers.Merge(bytes); }
            catch (FormatException) { continue; }
            Assert.True(registers.Estimate() >= 0, $"seed {seed}, round {round}");
        }
    }

    private static HyperLogLog Of(int[] values)
    {
        var registers = new HyperLogLog();
        foreach (var value in values)
        {
            var (register, rank) = HyperLogLog.Locate(Encoding.UTF8.GetBytes($"user-{value}"));
            registers.Add(register, rank);
        }

        return registers;
    }
}
