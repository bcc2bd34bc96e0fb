using System.Text.Json;
using Streamgauge.Resp;

namespace Streamgauge.Drills;

/// <summary>One <c>streamgauge serve</c> of a drill: what users see of the totals while things break.</summary>
internal sealed class ApiProcess : IAsyncDisposable
{
    private const string Ready = "Serving ";
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(2) };
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ChildProcess? _child;

    private ApiProcess()
    {
    }

    public ChildProcess Child => _child ?? throw new InvalidOperationException("It was not started.");

    /// <summary>Where it listens.</summary>
    public Uri Address { get; private set; } = new("http://localhost");

    /// <param name="redis">Past the network: it is not the API that is broken.</param>
    public static async Task<ApiProcess> StartAsync(IReadOnlyList<string> program, RedisEndpoint redis, string stream, CancellationToken cancellationToken)
    {
        var api = new ApiProcess();
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        if (redis.Password is not null) variables["STREAMGAUGE_REDIS_PASSWORD"] = redis.Password; // never on a command line
        api._child = await ChildProcess.StartAsync(
            [.. program, "serve", "--port", "0", "--redis", (redis with { Password = null }).ToString(), "--stream", stream, "--log-json", "false"], variables, api.Hear);
        try
        {
            api.Address = await api._address.Task.WaitAsync(StartTimeout, cancellationToken);
            return api;
        }
        catch (TimeoutException)
        {
            var said = api._child.LastLines;
            await api.DisposeAsync();
            throw new DrillException($"The API did not start within {StartTimeout.TotalSeconds:0} s. It wrote: {said}");
        }
    }

    /// <summary>All events, as <c>GET /aggregates/summary</c> tells; null when it does not answer.</summary>
    public async Task<long?> TryReadTotalAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var body = await Http.GetStreamAsync(new Uri(Address, "/aggregates/summary"), cancellationToken);
            using var answer = await JsonDocument.ParseAsync(body, cancellationToken: cancellationToken);
            return answer.RootElement.GetProperty("overview").GetProperty("total_count").GetInt64();
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_child is not null) await _child.DisposeAsync();
    }

    private void Hear(string line)
    {
        if (line.StartsWith(Ready, StringComparison.Ordinal)) _address.TrySetResult(new Uri(line[Ready.Length..]));
    }
}
