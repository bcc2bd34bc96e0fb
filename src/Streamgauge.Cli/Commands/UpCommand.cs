using System.CommandLine;
namespace Streamgauge.Cli;
internal static class UpCommand { public static Command Create() => new("up"); }
