using System.CommandLine;

namespace Streamgauge.Cli;

/// <summary><c>dlq</c>: what could not be counted, and what becomes of it.</summary>
internal static class DlqCommand
{
    public static Command Create() => new("dlq", """
        Look after dead letters: entries and events that could not be counted.

        Examples:
          streamgauge dlq list                                  # how many of which reason
          streamgauge dlq show --reason bad_value --limit 3
          streamgauge dlq retry --reason bad_value --set value=0 --dry-run
          streamgauge dlq retry 1763805600000-0                 # counted once, in the window it would have had
          streamgauge dlq drop --reason frame_checksum --yes
        """)
    {
        DlqListCommand.Create(),
        DlqShowCommand.Create(),
        DlqRetryCommand.Create(),
        DlqDropCommand.Create(),
    };
}
