using System.CommandLine;
using Streamgauge.Cli;

var root = new RootCommand("Streamgauge counts events in real time on the Redis you already run: each one exactly once.")
{
    UpCommand.Create(),
    ProduceCommand.Create(),
    ReplayCommand.Create(),
    ProcessCommand.Create(),
    ServeCommand.Create(),
    StatusCommand.Create(),
    BenchCommand.Create(),
};

return await CommandRunner.RunAsync(root, args);
