using System.Diagnostics;
using Streamgauge.Resp;
using Streamgauge.TestKit;

namespace Streamgauge.Streams.Tests;

/// <summary>A server that doctor finds nothing wrong with, until a test breaks it.</summary>
public sealed class DiagnosisRig : IAsyncLifetime
{
    /// <summary>What a sound server is started with.</summary>
    public static RedisServerOptions Sound(params string[] more) => new() { AppendOnly = true, UseTcp = true, Arguments = ["--maxmemory", "256mb", "--aof-load-truncated", "no", .. more] };

    private int _streams;

    public RedisServer Server { get; private set; } = null!;

    public RespConnection Redis { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Server = await RedisServer.StartAsync(Sound());
        Redis = await Server.ConnectAsync();
        await FunctionLibrary.EnsureLoadedAsync(Redis, CancellationToken.None);
    }

    public async Task DisposeAsync()
    {
        await Redis.DisposeAsync();
        await Server.DisposeAsync();
    }

    /// <summary>A stream of its own on which two events were counted.</summary>
    public async Task<StreamRig> NewStreamAsync()
    {
        var rig = new StreamRig(Redis, $"d{Interlocked.Increment(ref _streams)}", TimeSpan.FromHours(24), 1_000);
        await rig.JoinAsync();
        await rig.AddClicksAsync(2);
        await rig.Consumer("sound").DrainAsync();
        return rig;
    }

    public Task<IReadOnlyList<Finding>> DiagnoseAsync(StreamRig stream, Func<DiagnosisOptions, DiagnosisOptions>? change = null) => DiagnoseAsync(Server.TcpEndpoint, stream, change);

    public static Task<IReadOnlyList<Finding>> DiagnoseAsync(RedisEndpoint endpoint, StreamRig stream, Func<DiagnosisOptions, DiagnosisOptions>? change = null)
    {
        var options = new DiagnosisOptions { Redis = endpoint, Keys = stream.Keys, Group = StreamRig.Group };
        return Diagnosis.RunAsync(change is null ? options : change(options), CancellationToken.None);
    }

    /// <summary>Runs a repair as an operator would: by pasting it into a shell.</summary>
    public static async Task PasteAsync(string repair)
    {
        using var shell = Process.Start(new ProcessStartInfo("bash", ["-c", repair]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = await shell.StandardOutput.ReadToEndAsync();
        var errors = await shell.StandardError.ReadToEndAsync();
        await shell.WaitForExitAsync();
        Assert.True(shell.ExitCode == 0 && !output.Contains("ERR", StringComparison.Ordinal), $"`{repair}` failed: {output}{errors}");
    }
}
