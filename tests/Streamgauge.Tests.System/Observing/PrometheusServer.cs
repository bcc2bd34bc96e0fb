using System.Diagnostics;
using System.Text.Json;
using Streamgauge.TestKit;

namespace Streamgauge.Tests.System;

/// <summary>A real Prometheus with the configuration of the repository, its targets rewritten to those of a test.</summary>
internal sealed class PrometheusServer : IAsyncDisposable
{
    private static readonly HttpClient Http = new();
    private readonly Process _process;
    private readonly string _folder;
    private readonly Uri _address;

    private PrometheusServer(Process process, string folder, Uri address)
    {
        _process = process;
        _folder = folder;
        _address = address;
    }

    /// <param name="targets">host:port of each process.</param>
    /// <param name="change">Changes the text of a file of the configuration: shorter waits.</param>
    public static async Task<PrometheusServer> StartAsync(IEnumerable<string> targets, Func<string, string> change)
    {
        var folder = Directory.CreateTempSubdirectory("sg-prometheus-").FullName;
        Directory.CreateDirectory(Path.Combine(folder, "rules"));
        foreach (var file in (string[])["prometheus.yml", .. Directory.GetFiles(Path.Combine(Shipped.Prometheus, "rules")).Select(file => Path.GetRelativePath(Shipped.Prometheus, file))])
            await File.WriteAllTextAsync(Path.Combine(folder, file), change(await File.ReadAllTextAsync(Path.Combine(Shipped.Prometheus, file))));
        await File.WriteAllTextAsync(Path.Combine(folder, "targets.yml"), $"[{{targets: [{string.Join(", ", targets.Select(target => $"\"{target}\""))}], labels: {{stream: events}}}}]");
        var port = FreePort.Take();
        var start = new ProcessStartInfo("prometheus", [$"--config.file={folder}/prometheus.yml", $"--storage.tsdb.path={folder}/data", $"--web.listen-address=127.0.0.1:{port}"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new PrometheusServer(process, folder, new Uri($"http://127.0.0.1:{port}/"));
    }

    /// <summary>The result of an expression now; null while Prometheus is not ready.</summary>
    /// <exception cref="InvalidOperationException">Prometheus refuses it.</exception>
    public async Task<IReadOnlyList<JsonElement>?> QueryAsync(string expression)
    {
        if (await GetAsync("api/v1/query?query=" + Uri.EscapeDataString(expression)) is not { } answer) return null;
        if (answer.GetProperty("status").GetString() != "success") throw new InvalidOperationException($"{expression}: {answer.GetProperty("error")}");
        return [.. answer.GetProperty("data").GetProperty("result").EnumerateArray()];
    }

    /// <summary>Values of a label among the series of a selector.</summary>
    public async Task<IReadOnlyList<string>> LabelValuesAsync(string label, string selector) =>
        [.. (await GetAsync($"api/v1/label/{label}/values?match[]={Uri.EscapeDataString(selector)}"))!.Value.GetProperty("data").EnumerateArray().Select(value => value.GetString()!)];

    /// <summary>The rules as Prometheus evaluates them: <c>name</c>, <c>query</c>, <c>health</c>, <c>type</c>, for alerts <c>state</c>.</summary>
    public async Task<IReadOnlyList<JsonElement>> RulesAsync() =>
        [.. (await GetAsync("api/v1/rules"))!.Value.GetProperty("data").GetProperty("groups").EnumerateArray().SelectMany(group => group.GetProperty("rules").EnumerateArray())];

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<JsonElement?> GetAsync(string path)
    {
        if (_process.HasExited) throw new InvalidOperationException($"prometheus ended with {_process.ExitCode}");
        try
        {
            using var answer = await Http.GetAsync(new Uri(_address, path));
            return (int)answer.StatusCode is 200 or 400 or 422 ? JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement : null;
        }
        catch (HttpRequestException)
        {
            return null; // not listening yet
        }
    }
}
