using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Streamgauge.Drills;

/// <summary>One <c>streamgauge process</c> of a drill, with a network of its own.</summary>
internal sealed class Processor(string consumer, string stream, Link link, bool tellsHealth) : IAsyncDisposable
{
    /// <summary>Exit code of a role that cannot reach Redis, or not count on it; docs/cli.md.</summary>
    public const int UnreachableCode = 4;

    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(2) };
    private readonly int _port = tellsHealth ? FreePort() : 0;
    private readonly TaskCompletionSource _counts = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ChildProcess? _child;

    /// <summary>Beginning of its consumer name, its own in the drill.</summary>
    public string Consumer { get; } = consumer;

    public Link Link { get; } = link;

    public ChildProcess Child => _child ?? throw new InvalidOperationException("It was not started.");

    /// <summary>Completes when it counts for the first time.</summary>
    public Task Counts => _counts.Task;

    /// <summary>Whether the drill ends it or has ended it; one that ends by itself is a finding.</summary>
    public bool IsCondemned { get; set; }

    /// <summary>Whether it ended at its start because Redis could not be reached or counted on.</summary>
    public bool IsRefused => !_counts.Task.IsCompleted && Child.ExitCode == UnreachableCode;

    /// <summary>Arguments that make it tell about its health.</summary>
    public string[] HealthArguments => _port > 0 ? ["--port", _port.ToString(CultureInfo.InvariantCulture)] : [];

    /// <summary>Status of <c>/health/live</c> or <c>/health/ready</c>; null when nobody answers.</summary>
    public async Task<HttpStatusCode?> ReadHealthAsync(string kind, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await Http.GetAsync(new Uri($"http://127.0.0.1:{_port}/health/{kind}"), cancellationToken);
            return response.StatusCode;
        }
        catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }

    public async Task StartAsync(IReadOnlyList<string> command, IReadOnlyDictionary<string, string> environment) =>
        _child = await ChildProcess.StartAsync(command, environment, Hear);

    public async ValueTask DisposeAsync()
    {
        IsCondemned = true;
        if (_child is not null) await _child.DisposeAsync();
        await Link.DisposeAsync();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private void Hear(string line)
    {
        if (line.Contains($" counts {stream} on ", StringComparison.Ordinal)) _counts.TrySetResult();
    }
}
