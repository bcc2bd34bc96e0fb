using System.Diagnostics;
using System.Text;
using Streamgauge.Events;
using Streamgauge.Producing;
using Streamgauge.Resp;
using Streamgauge.Views;

namespace Streamgauge.Cli;

/// <summary>How long questions take while events are counted: one API process, one client, open loop.</summary>
/// <remarks>
/// A day of minutes of ten groups and ten thousand products are counted first. Then events arrive at <see cref="BenchOptions.Rate"/>, and each question is asked
/// on a schedule whether or not the one before was answered; its time runs from when it was due to its last byte. All on the same machine.
/// </remarks>
internal static class QueryRun
{
    private const int Products = 10_000;
    private const int AskedPerSecond = 25; // of each question: a page with several charts, and some more people
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan SummaryDuration = TimeSpan.FromSeconds(5);
    private const int SummaryClients = 64;

    private static readonly string[] Groups = ["laptop", "phone", "tablet", "headphones", "monitor", "keyboard", "mouse", "camera", "watch", "speaker"]; // the generator's first ten

    /// <summary>The questions, by name, as a client asks them.</summary>
    private static readonly (string Name, string Path)[] Questions =
    [
        ("series", "v1/views/minutes?from=-24h&step=1m&measures=count,sum(value)"),
        ("aggregates", "aggregates"),
        ("aggregates_top", "aggregates?top=1000"),
    ];

    private static readonly string Declaration = $$"""
        { "views": [ { "name": "minutes", "filter": "product in ({{string.Join(", ", Groups.Select(group => $"'{group}'"))}})", "group_by": ["product"],
                       "measures": ["count", "sum"], "window": ["1m"], "retain": { "1m": "2d" } } ] }
        """;

    public static async Task<QueryResult> MeasureAsync(RedisEndpoint redis, BenchOptions options, CancellationToken cancellationToken)
    {
        var workload = Workload.All[0] with { Views = ViewDeclarations.Parse(Encoding.UTF8.GetBytes(Declaration), "bench").Views };
        await using var rig = await BenchRig.StartAsync(redis, workload, options, cancellationToken);
        var filled = await FillAsync(rig.Sender, cancellationToken);
        await rig.WaitForAsync(filled, cancellationToken);

        await using var api = await ServeProcess.StartAsync(redis, rig.Keys.Stream, cancellationToken);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var generator = new GeneratorLoop(new GeneratorOptions { Rate = options.Rate, Sessions = 1_000, Products = Products }, TimeProvider.System);
        var load = Task.Run(() => generator.RunAsync(rig.Sender, stopping.Token), CancellationToken.None); // it sleeps on the thread it runs on
        try
        {
            using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = SummaryClients, UseProxy = false }) { BaseAddress = api.Address };
            await AskAllAsync(client, WarmUp, cancellationToken);
            var asked = await AskAllAsync(client, options.Duration, cancellationToken);
            var answers = Questions.Select((question, i) => new QuestionResult(question.Name, At(asked[i], 0.5), At(asked[i], 0.99), asked[i][^1], asked[i].Length)).ToList();
            var (rate, perCore) = await SummaryAsync(client, api, cancellationToken);
            return new QueryResult(answers, rate, perCore);
        }
        finally
        {
            await stopping.CancelAsync();
            await load;
        }
    }

    /// <summary>An event per minute and group of the last day, and one per product.</summary>
    /// <returns>How many.</returns>
    private static async Task<long> FillAsync(BufferingSender sender, CancellationToken cancellationToken)
    {
        var count = 0L;
        var nowMs = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        for (var minute = 24 * 60; minute > 0; minute--)
        {
            foreach (var group in Groups) await AddAsync(group, nowMs - (minute * 60_000L));
        }

        for (var product = 0; product < Products; product++) await AddAsync($"product-{product}", nowMs);
        await sender.FlushAsync(cancellationToken);
        return count;

        async Task AddAsync(string product, long timestampMs)
        {
            while (!TryAdd(product, timestampMs)) await sender.WaitForRoomAsync(cancellationToken);
            count++;
        }

        bool TryAdd(string product, long timestampMs) => sender.TryAdd(new EventFields
        {
            EventId = Encoding.UTF8.GetBytes($"fill-{count}"), EventType = "view"u8, Product = Encoding.UTF8.GetBytes(product), TimestampMs = timestampMs,
            HasValue = true, ValueMicros = (count % 1_000 * 990_000) + 1,
        });
    }

    // Each on a schedule of its own, so that they meet by chance and not by rule.
    private static Task<double[][]> AskAllAsync(HttpClient client, TimeSpan duration, CancellationToken cancellationToken) =>
        Task.WhenAll(Questions.Select((question, i) => AskAsync(client, question.Path, (double)i / Questions.Length, duration, cancellationToken)));

    /// <summary>Milliseconds from due to answered, ascending.</summary>
    private static async Task<double[]> AskAsync(HttpClient client, string path, double phase, TimeSpan duration, CancellationToken cancellationToken)
    {
        var count = (int)(duration.TotalSeconds * AskedPerSecond);
        var answers = new Task<double>[count];
        var start = Stopwatch.GetTimestamp();
        await Task.Yield();
        for (var i = 0; i < count; i++)
        {
            var due = TimeSpan.FromSeconds((i + phase) / AskedPerSecond);
            while (Stopwatch.GetElapsedTime(start) < due) Thread.Sleep(1); // a pool timer would come up to ten milliseconds late
            answers[i] = AnswerAsync(due);
        }

        var milliseconds = await Task.WhenAll(answers);
        Array.Sort(milliseconds);
        return milliseconds;

        async Task<double> AnswerAsync(TimeSpan due)
        {
            await ReadAsync(client, path, cancellationToken);
            return (Stopwatch.GetElapsedTime(start) - due).TotalMilliseconds;
        }
    }

    /// <summary>As many summaries as the API gives to clients who ask again as soon as they are answered; also per second of its CPU time.</summary>
    private static async Task<(double PerSecond, double PerCpuSecond)> SummaryAsync(HttpClient client, ServeProcess api, CancellationToken cancellationToken)
    {
        var cpu = api.CpuTime;
        var watch = Stopwatch.StartNew();
        var counts = await Task.WhenAll(Enumerable.Range(0, SummaryClients).Select(_ => Task.Run(RepeatAsync, cancellationToken)));
        return (counts.Sum() / watch.Elapsed.TotalSeconds, counts.Sum() / (api.CpuTime - cpu).TotalSeconds);

        async Task<long> RepeatAsync()
        {
            var count = 0L;
            for (; watch.Elapsed < SummaryDuration; count++) await ReadAsync(client, "aggregates/summary", cancellationToken);
            return count;
        }
    }

    private static async Task ReadAsync(HttpClient client, string path, CancellationToken cancellationToken)
    {
        using var response = await client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        response.EnsureSuccessStatusCode();
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        await body.CopyToAsync(Stream.Null, cancellationToken);
    }

    private static double At(double[] sorted, double quantile) => sorted[(int)Math.Min(sorted.Length - 1, quantile * sorted.Length)];
}

/// <summary>What one API process gave.</summary>
/// <param name="SummariesPerSecond">Answers to <c>/aggregates/summary</c> by all cores the load left over.</param>
/// <param name="SummariesPerCpuSecond">The same per second of the API's CPU time: what one core of its own would give.</param>
internal sealed record QueryResult(IReadOnlyList<QuestionResult> Questions, double SummariesPerSecond, double SummariesPerCpuSecond);

/// <summary>Milliseconds from due to the last byte.</summary>
internal sealed record QuestionResult(string Name, double P50, double P99, double Max, int Samples);
