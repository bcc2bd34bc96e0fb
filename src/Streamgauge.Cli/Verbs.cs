using System.CommandLine;

namespace Streamgauge.Cli;

/// <summary>The command line as a whole: what <c>streamgauge --help</c> lists.</summary>
internal static class Verbs
{
    public static RootCommand Create() => new("Streamgauge counts events in real time on the Redis you already run: each one exactly once.")
    {
        UpCommand.Create(),
        ProduceCommand.Create(),
        ReplayCommand.Create(),
        ProcessCommand.Create(),
        ServeCommand.Create(),
        StatusCommand.Create(),
        ViewsCommand.Create(),
        TailCommand.Create(),
        VerifyCommand.Create(),
        DlqCommand.Create(),
        DoctorCommand.Create(),
        BenchCommand.Create(),
        DrillCommand.Create(),
    };
}
