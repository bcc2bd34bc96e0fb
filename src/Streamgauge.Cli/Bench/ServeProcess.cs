using System.Diagnostics;
using Streamgauge.Resp;

namespace Streamgauge.Cli;

/// <summary>The role <c>serve</c> as a process of its own, as it runs in production: its pauses and its memory are not those of the load.</summary>
internal sealed class ServeProcess : IAsyncDisposable
{
    private const string Announcement = "Serving ";
    private readonly Process _process;

    private ServeProcess(Process process, Uri address)
    {
        _process = process;
        Address = address;
    }

    /// <summary>Where it listens: <c>http://localhost:40123/</c>.</summary>
    public Uri Address { get; }

    /// <summary>CPU time it has taken so far.</summary>
    public TimeSpan CpuTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Starts it and waits until it answers.</summary>
    /// <exception cref="InvalidOperationException">It ended instead; the message is what it said.</exception>
    public static async Task<ServeProcess> StartAsync(RedisEndpoint redis, string stream, CancellationToken cancellationToken)
    {
        string[] own = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [Path.Combine(AppContext.BaseDirectory, "streamgauge.dll")] : [];
        var start = new ProcessStartInfo(Environment.ProcessPath!, [.. own, "serve", "--port", "0", "--stream", stream]) { UseShellExecute = false, RedirectStandardError = true };
        start.Environment[RedisArguments.UrlVariable] = redis.ToSecretString(); // not on the command line, where everybody could read it
        var process = Process.Start(start)!;
        var said = new List<string>();
        try
        {
            while (await process.StandardError.ReadLineAsync(cancellationToken) is { } line)
            {
                said.Add(line);
                if (!line.StartsWith(Announcement, StringComparison.Ordinal)) continue;
                _ = process.StandardError.ReadToEndAsync(CancellationToken.None); // so that it never waits for a reader
                return new ServeProcess(process, new Uri(new Uri(line[Announcement.Length..]), "/"));
            }

            throw new InvalidOperationException($"`streamgauge serve` ended instead of serving: {string.Join(' ', said)}");
        }
        catch
        {
            End(process);
            throw;
        }
    }

    public ValueTask DisposeAsync()
    {
        End(_process);
        return ValueTask.CompletedTask;
    }

    private static void End(Process process)
    {
        if (!process.HasExited) process.Kill(); // it holds nothing
        process.WaitForExit();
        process.Dispose();
    }
}
