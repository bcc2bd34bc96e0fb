using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Streamgauge.Drills;

/// <summary>A process that ends no later than this one, however this one ends.</summary>
/// <remarks>
/// In a session of its own, so that Ctrl-C in the terminal reaches the drill alone; and, where the kernel offers it, killed with the drill even
/// when nobody is left to do it.
/// </remarks>
internal sealed class ChildProcess : IAsyncDisposable
{
    private const int LinesKept = 200;
    private static readonly string[] Wrapping = FindWrapping();

    private readonly Process _process;
    private readonly TaskCompletionSource<int> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Queue<string> _lines = new();
    private readonly Action<string> _heard;
    private readonly string _name;

    private ChildProcess(Process process, string name, Action<string> heard)
    {
        _process = process;
        _name = name;
        _heard = heard;
        Id = process.Id;
        process.Exited += (_, _) => _exited.TrySetResult(process.ExitCode);
        process.EnableRaisingEvents = true;
        process.ErrorDataReceived += (_, line) => Hear(line.Data);
        process.OutputDataReceived += (_, line) => Hear(line.Data);
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
    }

    public int Id { get; }

    public bool HasExited => _exited.Task.IsCompleted;

    /// <summary>Null while it runs.</summary>
    public int? ExitCode => HasExited ? _exited.Task.Result : null;

    /// <summary>What it wrote last, to either of its pipes.</summary>
    public string LastLines
    {
        get
        {
            lock (_lines) return string.Join(Environment.NewLine, _lines.TakeLast(5));
        }
    }

    /// <summary>Whether one of the last lines it wrote contains a text.</summary>
    public bool HasSaid(string text)
    {
        lock (_lines) return _lines.Any(line => line.Contains(text, StringComparison.Ordinal));
    }

    /// <summary>Memory of the process in RAM, in bytes; null where the kernel does not tell.</summary>
    public long? ResidentBytes
    {
        get
        {
            try
            {
                var line = File.ReadLines($"/proc/{Id}/status").FirstOrDefault(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
                return line is null ? null : long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) * 1024;
            }
            catch (IOException)
            {
                return null; // it has ended
            }
        }
    }

    /// <param name="command">Program and arguments.</param>
    /// <param name="environment">Variables to set beside those of the drill, of which our own (STREAMGAUGE_…) are not passed on.</param>
    /// <param name="heard">Told every line it writes.</param>
    /// <exception cref="DrillException">The program is not there.</exception>
    public static async Task<ChildProcess> StartAsync(
        IReadOnlyList<string> command, IReadOnlyDictionary<string, string>? environment = null, Action<string>? heard = null)
    {
        string[] words = [.. Wrapping, .. command];
        var start = new ProcessStartInfo(words[0], words[1..]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("STREAMGAUGE_", StringComparison.Ordinal)).ToList()) start.Environment.Remove(name);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>(StringComparer.Ordinal)) start.Environment[name] = value;
        if (Find(command[0]) is null) throw new DrillException($"{command[0]} was not found on PATH: install it (Debian/Ubuntu: apt-get install redis-server redis-tools).");
        return new ChildProcess(await Nursery.RunAsync(() => Process.Start(start)!), command[0], heard ?? (_ => { }));
    }

    /// <summary>SIGKILL: nothing is flushed, nothing is said goodbye to. Returns when the process is gone.</summary>
    public async Task KillAsync()
    {
        if (!HasExited) _process.Kill();
        await _exited.Task;
    }

    /// <summary>SIGSTOP: connections stay open and nothing happens.</summary>
    public void Pause() => Signal("STOP");

    /// <summary>SIGCONT after <see cref="Pause"/>.</summary>
    public void Resume() => Signal("CONT");

    /// <summary>Takes resources from it while it runs, or gives them back.</summary>
    /// <param name="limit">As prlimit takes it: <c>--nofile=20:</c> is the soft limit.</param>
    public void Limit(string limit) => Run("prlimit", "util-linux", ["--pid", Id.ToString(CultureInfo.InvariantCulture), limit]);

    /// <summary>SIGTERM: what service managers send.</summary>
    public void Terminate() => Signal("TERM");

    /// <summary>Waits for the end.</summary>
    /// <returns>The exit code; null when it did not end in time.</returns>
    public async Task<int?> WaitForExitAsync(TimeSpan bound, CancellationToken cancellationToken)
    {
        try
        {
            return await _exited.Task.WaitAsync(bound, cancellationToken);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    public override string ToString() => $"{_name} ({Id})";

    private static string[] FindWrapping()
    {
        List<string> words = [];
        if (Find("setsid") is { } session) words.Add(session);
        if (OperatingSystem.IsLinux() && Find("setpriv") is { } privileges) words.AddRange([privileges, "--pdeathsig", "KILL", "--"]);
        return [.. words];
    }

    private static string? Find(string program)
    {
        if (program.Contains('/', StringComparison.Ordinal)) return File.Exists(program) ? program : null;
        return (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
    }

    private void Signal(string name)
    {
        if (!HasExited) Run("kill", "procps", [$"-{name}", Id.ToString(CultureInfo.InvariantCulture)]);
    }

    private static void Run(string tool, string package, string[] arguments)
    {
        try
        {
            using var process = Process.Start(tool, arguments);
            process.WaitForExit();
        }
        catch (Win32Exception)
        {
            throw new DrillException($"{tool} was not found on PATH, and this drill needs it: install it (Debian/Ubuntu: apt-get install {package}).");
        }
    }

    private void Hear(string? line)
    {
        if (line is null) return;
        lock (_lines)
        {
            if (_lines.Count == LinesKept) _lines.Dequeue();
            _lines.Enqueue(line);
        }

        _heard(line);
    }
}
