using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Runtime.InteropServices;
using Streamgauge.Producing;
using Streamgauge.Resp;
using Streamgauge.Streams;

namespace Streamgauge.Cli;

/// <summary>Parses, runs, and turns every failure into a sentence on stderr and an exit code.</summary>
internal static class CommandRunner
{
    public static async Task<int> RunAsync(RootCommand root, string[] args)
    {
        var parsed = root.Parse(args.Length == 0 ? ["--help"] : args);
        try
        {
            // A verb looks at all its options before it starts, so its mistakes are reported together with the parser's.
            if (parsed.Errors.Count > 0 && parsed.CommandResult.Command.Action is AsynchronousCommandLineAction verb) await verb.InvokeAsync(parsed);
            UsageException.ThrowIfAny(parsed, []);

            // Signals are ours: whatever was started is stopped in order, and a role drains for as long as it needs, within its own bound.
            using var stopping = new CancellationTokenSource();
            using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
            using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, stopping.Token);

            void Stop(PosixSignalContext signal)
            {
                signal.Cancel = true;
                stopping.Cancel();
            }
        }
        catch (UsageException e)
        {
            return Report(e.Problems, Verb(parsed));
        }
        catch (Exception e) when (e is ServerUnsuitableException or RedisException or OwnRedisException)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return ExitCodes.Unreachable;
        }
        catch (OperationCanceledException)
        {
            return ExitCodes.Interrupted;
        }
        catch (Exception e) when (e is ReplayException or VerificationVoidException or CatalogBusyException or CatalogException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return ExitCodes.Failure;
        }
    }

    private static int Report(IReadOnlyList<string> problems, string verb)
    {
        foreach (var problem in problems) Console.Error.WriteLine(problem);
        Console.Error.WriteLine($"See `streamgauge {verb}--help`.");
        return ExitCodes.Usage;
    }

    private static string Verb(ParseResult parsed)
    {
        var words = "";
        for (var result = parsed.CommandResult; result.Parent is CommandResult parent; result = parent) words = $"{result.Command.Name} {words}";
        return words;
    }
}
