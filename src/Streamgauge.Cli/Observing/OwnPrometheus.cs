using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Streamgauge.Cli;

/// <summary>A private Prometheus as a child process: the configuration and rules of <c>deploy/prometheus</c>, which travel in the executable, and the one target of this run.</summary>
internal sealed class OwnPrometheus : IAsyncDisposable
{
    public const string Missing = "prometheus was not found on PATH, so nothing keeps the metrics: install it (Debian/Ubuntu: apt-get install prometheus; macOS: brew install prometheus). Everything else is up.";

    private const string ResourcePrefix = "prometheus/";
    private const string AddressFile = "address";
    private const int PortLiked = 9090; // Prometheus's own; another when it is taken
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(10);
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(2) };

    private readonly Process _process;
    private readonly string _folder;

    private OwnPrometheus(Process process, string folder, Uri address)
    {
        _process = process;
        _folder = folder;
        Address = address;
    }

    /// <summary>Where its pages are.</summary>
    public Uri Address { get; }

    /// <summary>Starts it and waits until it answers; null, with the reason on stderr, when it cannot: the pipeline does not depend on it.</summary>
    /// <param name="folder">For its configuration, data and log; created if missing.</param>
    /// <param name="target">The address of this run.</param>
    public static async Task<OwnPrometheus?> TryStartAsync(string folder, Uri target, string stream, CancellationToken cancellationToken)
    {
        if (ProgramOnPath.Find("prometheus") is null)
        {
            await Console.Error.WriteLineAsync(Missing);
            return null;
        }

        folder = Path.GetFullPath(folder);
        Directory.CreateDirectory(folder);
        await EndOrphanAsync(folder, cancellationToken);
        await WriteConfigurationAsync(folder, target, stream, cancellationToken);
        var address = new Uri($"http://localhost:{FreePort()}/");
        var log = Path.Combine(folder, "prometheus.log");
        var own = new OwnPrometheus(Start(folder, address, log), folder, address);
        await File.WriteAllTextAsync(Path.Combine(folder, AddressFile), address.ToString(), cancellationToken);
        var waited = Stopwatch.StartNew();
        while (!await AnswersAsync(address))
        {
            if (own._process.HasExited || waited.Elapsed > StartTimeout || cancellationToken.IsCancellationRequested)
            {
                await Console.Error.WriteLineAsync($"prometheus does not start, see {log}. Everything else is up.");
                await own.DisposeAsync();
                return null;
            }

            await Task.Delay(50, CancellationToken.None);
        }

        return own;
    }

    /// <summary>Asks it to end and waits, within a bound; its data is on disk afterwards.</summary>
    public async ValueTask DisposeAsync()
    {
        using var deadline = new CancellationTokenSource(StopTimeout);
        try
        {
            await QuitAsync(Address, deadline.Token);
            await _process.WaitForExitAsync(deadline.Token);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            if (!_process.HasExited) _process.Kill();
        }

        _process.Dispose();
        File.Delete(Path.Combine(_folder, AddressFile));
    }

    // An earlier run was killed and its Prometheus lives on, with the data open and another target: it makes room.
    private static async Task EndOrphanAsync(string folder, CancellationToken cancellationToken)
    {
        var file = Path.Combine(folder, AddressFile);
        if (!File.Exists(file) || !Uri.TryCreate(await File.ReadAllTextAsync(file, cancellationToken), UriKind.Absolute, out var address)) return;
        if (!await IsOursAsync(address, folder)) return;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(StopTimeout);
        try
        {
            await QuitAsync(address, deadline.Token);
            while (await AnswersAsync(address)) await Task.Delay(50, deadline.Token);
        }
        catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // it ended meanwhile; or it does not, and the next one says in its log that the data is in use
        }
    }

    // Somebody else's may listen there by now.
    private static async Task<bool> IsOursAsync(Uri address, string folder)
    {
        try
        {
            var flags = JsonDocument.Parse(await Http.GetStringAsync(new Uri(address, "api/v1/status/flags"))).RootElement;
            return flags.GetProperty("data").GetProperty("storage.tsdb.path").GetString() == DataFolder(folder);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return false;
        }
    }

    private static string DataFolder(string folder) => Path.Combine(folder, "data");

    private static async Task WriteConfigurationAsync(string folder, Uri target, string stream, CancellationToken cancellationToken)
    {
        var assembly = Assembly.GetExecutingAssembly();
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.StartsWith(ResourcePrefix, StringComparison.Ordinal)))
        {
            var file = Path.Combine(folder, name[ResourcePrefix.Length..]);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            await using var from = assembly.GetManifestResourceStream(name)!;
            await using var to = File.Create(file);
            await from.CopyToAsync(to, cancellationToken);
        }

        // JSON is YAML. Without alertmanagers.yml, alerts are shown and sent nowhere.
        var targets = new JsonArray(new JsonObject
        {
            ["targets"] = new JsonArray(target.Authority),
            ["labels"] = new JsonObject { ["stream"] = stream, ["__scheme__"] = target.Scheme },
        });
        await File.WriteAllTextAsync(Path.Combine(folder, "targets.yml"), targets.ToJsonString(), cancellationToken);
    }

    private static Process Start(string folder, Uri address, string log)
    {
        string[] arguments =
        [
            "-c", "exec prometheus \"$@\" >>\"$0\" 2>&1", log,
            $"--config.file={Path.Combine(folder, "prometheus.yml")}", $"--storage.tsdb.path={DataFolder(folder)}", "--storage.tsdb.retention.time=2d",
            $"--web.listen-address=127.0.0.1:{address.Port}", "--web.enable-lifecycle", // the end is asked for over HTTP, on loopback only
        ];

        // In a session of its own, so that Ctrl-C in the terminal reaches us alone.
        var setsid = ProgramOnPath.Find("setsid");
        return Process.Start(new ProcessStartInfo(setsid ?? "/bin/sh", setsid is null ? arguments : ["/bin/sh", .. arguments]) { UseShellExecute = false })!;
    }

    private static int FreePort()
    {
        foreach (var port in (int[])[PortLiked, 0])
        {
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return ((IPEndPoint)listener.LocalEndpoint).Port;
            }
            catch (SocketException)
            {
                // taken
            }
        }

        return PortLiked; // and Prometheus says in its log what is wrong
    }

    private static async Task QuitAsync(Uri address, CancellationToken cancellationToken)
    {
        using var answer = await Http.PostAsync(new Uri(address, "-/quit"), content: null, cancellationToken);
    }

    private static async Task<bool> AnswersAsync(Uri address)
    {
        try
        {
            using var answer = await Http.GetAsync(new Uri(address, "-/ready"));
            return answer.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return false; // not listening, or not ready
        }
    }
}
