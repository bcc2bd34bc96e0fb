namespace Streamgauge.Cli;

/// <summary>Exit codes, documented in <c>docs/cli.md</c>.</summary>
internal static class ExitCodes
{
    public const int Ok = 0;
    public const int Failure = 1;
    public const int Usage = 2;
    public const int Unhealthy = 3;
    public const int Unreachable = 4;
    public const int Threshold = 5;
    public const int Interrupted = 130;
}
