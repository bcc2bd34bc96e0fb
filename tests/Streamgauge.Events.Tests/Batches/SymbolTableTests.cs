using System.Text;

namespace Streamgauge.Events.Tests;

public class SymbolTableTests
{
    [Fact]
    public void Symbols_agree_with_a_dictionary_through_growth_and_clears()
    {
        var random = Seeded.Random(out var seed);
        var table = new SymbolTable();
        foreach (var (strings, distinct) in new[] { (100, 50), (100_000, 60_000), (1000, 10), (20_000, 20_000) })
        {
            table.Clear();
            var oracle = new Dictionary<string, int>();
            for (var i = 0; i < strings; i++)
            {
                var n = random.Next(distinct);
                var text = n.ToString() + new string((char)('a' + (n % 26)), n % 23);
                var bytes = Encoding.UTF8.GetBytes(text);
                Assert.Equal(oracle.TryGetValue(text, out var known) ? known : -1, table.Find(bytes));
                oracle.TryAdd(text, oracle.Count);
                Assert.True(oracle[text] == table.Intern(bytes), $"seed {seed}");
            }

            Assert.Equal(oracle.Count, table.Count);
            foreach (var (text, symbol) in oracle) Assert.Equal(text, Encoding.UTF8.GetString(table[symbol]));
        }
    }

    [Fact]
    public void Strings_that_differ_in_one_byte_or_in_length_are_different()
    {
        var table = new SymbolTable();
        var seen = 0;
        for (var length = 0; length < 40; length++)
        {
            Assert.Equal(seen++, table.Intern(new byte[length]));
            for (var i = 0; i < length; i++)
            {
                var text = new byte[length];
                text[i] = 1;
                Assert.Equal(seen++, table.Intern(text));
            }
        }
    }

    [Fact]
    public void A_table_that_was_once_huge_gives_its_memory_back()
    {
        var table = new SymbolTable();
        var text = new byte[4096];
        for (var i = 0; i < 8192; i++)
        {
            BitConverter.TryWriteBytes(text, i);
            table.Intern(text);
        }

        table.Clear(); // was well used: kept
        table.Intern("a"u8);
        table.Clear(); // was hardly used: given back
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 3; i++) table.Intern(text);
        table.Clear();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(table.ArenaBytes < 1024 * 1024);
    }
}
