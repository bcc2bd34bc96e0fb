using System.CommandLine;
namespace Streamgauge.Cli;
internal static class BenchCommand { public static Command Create() => new("bench"); }
