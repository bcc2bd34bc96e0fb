using System.CommandLine;
namespace Streamgauge.Cli;
internal static class ServeCommand { public static Command Create() => new("serve"); }
