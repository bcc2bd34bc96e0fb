using System.CommandLine;

namespace Streamgauge.Cli;

/// <summary><c>views</c>: what is declared to be counted beside the built-in counters.</summary>
internal static class ViewsCommand
{
    public static Command Create() => new("views", """
        Declare what is counted beside the built-in counters: filters, groups, measures and windows, in a few lines of JSON.

        Examples:
          streamgauge views check streamgauge.json   # every mistake with line and column, or the memory each view may take
          streamgauge views list
          streamgauge views plan                     # what `apply` would change, and the memory it takes
          streamgauge views apply                    # counts them, from the retained stream on, while counting goes on
          streamgauge views schema                   # for editors; keep it beside the file
        """)
    {
        ViewsListCommand.Create(),
        ViewsCheckCommand.Create(),
        ViewsPlanCommand.Create(),
        ViewsApplyCommand.Create(),
        ViewsSchemaCommand.Create(),
    };
}
