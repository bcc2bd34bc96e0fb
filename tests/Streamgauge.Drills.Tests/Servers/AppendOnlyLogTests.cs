using System.Text;

namespace Streamgauge.Drills.Tests;

public class AppendOnlyLogTests
{
    private const string Select = "*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n";
    private const string Commit = "*1\r\n$5\r\nMULTI\r\n*2\r\n$4\r\nXACK\r\n$4\r\na\r\nb\r\n*1\r\n$4\r\nEXEC\r\n";
    private const string Append = "*1\r\n$5\r\nMULTI\r\n*2\r\n$4\r\nXADD\r\n$4\r\nXACK\r\n*1\r\n$4\r\nEXEC\r\n";

    [Fact]
    public void The_last_block_that_holds_the_command_is_found_whatever_follows()
    {
        const string Before = Select + Commit + "#TS:1700000000\r\n" + Append;
        var file = Encoding.UTF8.GetBytes(Before + Commit + Append + Select);
        Assert.Equal((Before.Length, Before.Length + Commit.Length), AppendOnlyLog.FindLastBlock(file, "XACK"u8));
    }

    [Fact]
    public void A_file_without_such_a_block_is_refused() =>
        Assert.Throws<DrillException>(() => AppendOnlyLog.FindLastBlock(Encoding.UTF8.GetBytes(Select + Append), "XACK"u8));
}
