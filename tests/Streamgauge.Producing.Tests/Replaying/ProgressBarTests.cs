namespace Streamgauge.Producing.Tests;

public class ProgressBarTests
{
    [Fact]
    public void A_terminal_sees_one_line_that_moves()
    {
        var output = new StringWriter();
        var bar = new ProgressBar(output, isInteractive: true);
        bar.Report(new ReplayProgress(10, 9, 1, 50, 100));
        bar.Report(new ReplayProgress(20, 20, 0, 100, 100));
        bar.Finish();
        bar.Finish();
        var first = $"[{new string('#', 12)}{new string('.', 12)}]  50 %  9 events, 1 malformed";
        var second = $"[{new string('#', 24)}] 100 %  20 events";
        Assert.Equal($"\r{first}\r{second.PadRight(first.Length)}{Environment.NewLine}", output.ToString());
    }

    [Fact]
    public void Without_a_size_the_bytes_are_shown()
    {
        var output = new StringWriter();
        new ProgressBar(output, isInteractive: true).Report(new ReplayProgress(1, 1, 0, 2_500_000, null));
        Assert.Equal("\r2.5 MB  1 events", output.ToString());
    }

    [Fact]
    public void Nothing_is_written_where_nobody_sees_it_move()
    {
        var output = new StringWriter();
        var bar = new ProgressBar(output, isInteractive: false);
        bar.Report(new ReplayProgress(10, 10, 0, 50, 100));
        bar.Finish();
        Assert.Empty(output.ToString());
    }

    [Theory]
    [InlineData(false, null, "xterm", true)]
    [InlineData(true, null, "xterm", false)]
    [InlineData(false, "1", "xterm", false)]
    [InlineData(false, "", "xterm", true)]
    [InlineData(false, null, "dumb", false)]
    public void Pipes_dumb_terminals_and_NO_COLOR_are_not_interactive(bool isRedirected, string? noColor, string? term, bool expected) =>
        Assert.Equal(expected, ProgressBar.IsInteractive(isRedirected, name => name == "NO_COLOR" ? noColor : term));
}
