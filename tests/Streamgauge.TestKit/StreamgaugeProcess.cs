using System.Diagnostics;

namespace Streamgauge.TestKit;

/// <summary>The built executable as a real child process: started, waited for, signalled, and ended with the test.</summary>
/// <remarks>Runs <c>streamgauge.dll</c> from the test's own output folder, where the reference to the Cli project puts it.</remarks>
public sealed class StreamgaugeProcess : IAsyncDisposable
{
    private static readonly TimeSpan WaitDefault = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly ProcessText _output = new();
    private readonly ProcessText _errors = new();
    private readonly string _arguments;

    private StreamgaugeProcess(Process process, string arguments)
    {
        _process = process;
        _arguments = arguments;
        _output.Follow(process.StandardOutput);
        _errors.Follow(process.StandardError);
    }

    /// <summary>Process id: the runtime itself, there is no shell in between.</summary>
    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>Everything written to stdout so far.</summary>
    public string Output => _output.Text;

    /// <summary>Everything written to stderr so far: logs and messages.</summary>
    public string Errors => _errors.Text;

    /// <param name="environment">Variables to set beside the test's own; null removes one.</param>
    public static StreamgaugeProcess Start(IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? environment = null)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "streamgauge.dll");
        if (!File.Exists(program)) throw new InvalidOperationException($"{program} is missing: the test project must reference Streamgauge.Cli.");
        var runtime = Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet"; // absolute, so that tests may take PATH away

        // A test run in the background of a shell ignores SIGINT, and children inherit that; env gives it back its meaning, then becomes the program.
        string[] command = File.Exists("/usr/bin/env") && OperatingSystem.IsLinux() ? ["/usr/bin/env", "--default-signal=INT", runtime, program, .. arguments] : [runtime, program, .. arguments];
        var start = new ProcessStartInfo(command[0], command[1..]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("STREAMGAUGE_", StringComparison.Ordinal) || name.StartsWith("OTEL_", StringComparison.Ordinal)).ToList()) start.Environment.Remove(name);
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>(StringComparer.Ordinal))
        {
            if (value is null) start.Environment.Remove(name);
            else start.Environment[name] = value;
        }

        return new StreamgaugeProcess(Process.Start(start)!, string.Join(' ', arguments));
    }

    /// <inheritdoc cref="Start(IEnumerable{string}, IReadOnlyDictionary{string, string?}?)"/>
    public static StreamgaugeProcess Start(params string[] arguments) => Start((IEnumerable<string>)arguments);

    /// <summary>Runs to the end.</summary>
    /// <exception cref="TimeoutException">It did not end in time; it was killed.</exception>
    public static async Task<ProcessResult> RunAsync(IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? environment = null, TimeSpan? timeout = null)
    {
        await using var process = Start(arguments, environment);
        var exitCode = await process.WaitForExitAsync(timeout);
        return new ProcessResult(exitCode, process.Output, process.Errors);
    }

    /// <inheritdoc cref="RunAsync(IEnumerable{string}, IReadOnlyDictionary{string, string?}?, TimeSpan?)"/>
    public static Task<ProcessResult> RunAsync(params string[] arguments) => RunAsync((IEnumerable<string>)arguments);

    /// <summary>Waits until a text stands on stdout or stderr.</summary>
    /// <exception cref="InvalidOperationException">The process ended without it.</exception>
    public async Task WaitForTextAsync(string text, TimeSpan? timeout = null)
    {
        await Eventually.Async(() => Says(text) || HasExited, $"`{_arguments}` says '{text}'; stderr: {Errors}", timeout ?? WaitDefault);
        if (Says(text)) return;
        await WaitForExitAsync(timeout); // the last lines may still be in the pipe
        if (!Says(text)) throw new InvalidOperationException($"`{_arguments}` ended with {_process.ExitCode} without saying '{text}'; stderr: {Errors}");
    }

    /// <summary>Waits until the process has ended and all it wrote is here.</summary>
    /// <exception cref="TimeoutException">It did not end in time; it lives on.</exception>
    public async Task<int> WaitForExitAsync(TimeSpan? timeout = null)
    {
        using var deadline = new CancellationTokenSource(timeout ?? WaitDefault);
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
            await Task.WhenAll(_output.End, _errors.End).WaitAsync(deadline.Token);
        }
        catch (OperationCanceledException e)
        {
            throw new TimeoutException($"`{_arguments}` did not end within {timeout ?? WaitDefault}; stderr: {Errors}", e);
        }

        return _process.ExitCode;
    }

    /// <summary>SIGKILL: nothing is flushed, nothing is said goodbye to. Returns when the process is gone.</summary>
    public void Kill()
    {
        if (!_process.HasExited) _process.Kill();
        _process.WaitForExit();
    }

    /// <summary>SIGINT: Ctrl-C.</summary>
    public void Interrupt() => Signals.Send("INT", _process.Id);

    /// <summary>SIGTERM: what service managers send.</summary>
    public void Terminate() => Signals.Send("TERM", _process.Id);

    /// <summary>SIGSTOP: connections stay open and nothing happens.</summary>
    public void Pause() => Signals.Send("STOP", _process.Id);

    /// <summary>SIGCONT after <see cref="Pause"/>.</summary>
    public void Resume() => Signals.Send("CONT", _process.Id);

    public ValueTask DisposeAsync()
    {
        Kill();
        _process.Dispose();
        return ValueTask.CompletedTask;
    }

    private bool Says(string text) => Output.Contains(text, StringComparison.Ordinal) || Errors.Contains(text, StringComparison.Ordinal);
}

/// <summary>What a process that ran to its end left behind.</summary>
public sealed record ProcessResult(int ExitCode, string Output, string Errors);
