using Streamgauge.TestKit;

namespace Streamgauge.Tests.System.Tracing;

/// <summary>Traces of real processes over a real Redis, as a collector sees them.</summary>
public sealed class TraceTests : IAsyncLifetime
{
    private RedisServer _redis = null!;
    private OtlpReceiver _collector = null!;

    public async Task InitializeAsync()
    {
        _redis = await RedisServer.StartAsync();
        _collector = await OtlpReceiver.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _collector.DisposeAsync();
        await _redis.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task One_trace_leads_from_the_producer_over_Redis_to_the_commit(bool plain)
    {
        await using var process = Start("process");
        await process.WaitForTextAsync(" counts events on ");
        await RunAsync("produce", "--count", "1000", "--rate", "0", "--frame-events", "100", "--plain", plain ? "true" : "false");
        await Eventually.Async(() => _collector.Named("process events").Sum(span => int.Parse(span.Attributes["messaging.batch.message_count"])) == 1_000 && TracesOf("commit events").IsSupersetOf(FirstOfEachBatch()), "every batch's trace ends in its commit");

        var process0 = _collector.Named("process events").First();
        var send = Assert.Single(_collector.Spans, span => span.SpanId == process0.ParentId);
        var append = Assert.Single(_collector.Spans, span => span.ParentId == send.SpanId && span.Name == "append events");
        var commit = Assert.Single(_collector.Spans, span => span.ParentId == process0.SpanId);
        Assert.Equal(("send events", "", "commit events"), (send.Name, send.ParentId, commit.Name));
        Assert.All((OtlpSpan[])[append, process0, commit], span => Assert.Equal(send.TraceId, span.TraceId));
        Assert.Equal((4UL, 3UL, 5UL, 3UL), (send.Kind, append.Kind, process0.Kind, commit.Kind));
        Assert.True(send.StartNs <= append.StartNs && append.StartNs <= append.EndNs && append.EndNs <= send.EndNs, "the append lies within the send");
        Assert.True(process0.StartNs <= commit.StartNs && commit.StartNs <= commit.EndNs && commit.EndNs <= process0.EndNs, "the commit lies within the batch");
        Assert.DoesNotContain(_collector.Spans, span => span.IsError);

        Assert.Equal(("redis", "events", "appended"), (send.Attributes["messaging.system"], send.Attributes["messaging.destination.name"], send.Attributes["streamgauge.outcome"]));
        Assert.StartsWith(send.Attributes["messaging.client.id"] + ":", send.Attributes["messaging.message.conversation_id"], StringComparison.Ordinal);
        Assert.Equal(("event_group", "sg_commit_v1"), (process0.Attributes["messaging.consumer.group.name"], commit.Attributes["db.stored_procedure.name"]));
        await using var redis = await _redis.ConnectAsync();
        var entry = (await redis.ExecuteAsync(["XRANGE", "events", send.Attributes["messaging.message.id"], send.Attributes["messaging.message.id"]])).Items;
        Assert.Single(entry);

        // Every send is linked from a batch, and all of them were counted.
        var linked = _collector.Named("process events").SelectMany(span => span.Links).Select(link => link.SpanId).ToHashSet(StringComparer.Ordinal);
        Assert.Equal(1_000, _collector.Named("send events").Sum(span => int.Parse(span.Attributes["messaging.batch.message_count"])));
        Assert.All(_collector.Named("send events"), span => Assert.Contains(span.SpanId, linked));
        Assert.Equal(1_000, _collector.Named("process events").Sum(span => int.Parse(span.Attributes["messaging.batch.message_count"])));
    }

    [Fact]
    public async Task Each_process_says_what_it_is()
    {
        var environment = _collector.Environment();
        environment["OTEL_RESOURCE_ATTRIBUTES"] = "deployment.environment.name=test";
        await using var process = Start(environment, "process");
        await process.WaitForTextAsync(" counts events on ");
        await RunAsync("produce", "--count", "100", "--rate", "0");
        await Eventually.Async(() => _collector.Named("commit events").Any() && _collector.Named("send events").Any(), "spans of both processes arrive");

        var (sender, counter) = (_collector.Named("send events").First().Resource, _collector.Named("commit events").First().Resource);
        Assert.Equal(("streamgauge", "streamgauge"), (sender["service.name"], counter["service.name"]));
        Assert.NotEqual(sender["service.instance.id"], counter["service.instance.id"]);
        Assert.Equal(("test", sender["service.version"]), (counter["deployment.environment.name"], counter["service.version"]));
        Assert.Matches(@"^\d+\.\d+\.\d+", counter["service.version"]);
    }

    [Fact]
    public async Task Batch_of_many_sends_links_to_a_bounded_number_of_them()
    {
        await RunAsync("produce", "--count", "2000", "--rate", "0", "--frame-events", "1");
        await using var process = Start("process");
        await Eventually.Async(() => _collector.Named("process events").Sum(span => int.Parse(span.Attributes["messaging.batch.message_count"])) == 2_000, "all batches are traced");
        Assert.Contains(_collector.Named("process events"), span => int.Parse(span.Attributes["streamgauge.entries"]) > 32 && span.Links.Count == 32);
        Assert.All(_collector.Named("process events"), span => Assert.InRange(span.Links.Count, 1, 32));
    }

    [Fact]
    public async Task Request_continues_its_callers_trace_and_tells_its_route_only()
    {
        const string Trace = "0af7651916cd43dd8448eb211c80319c", Parent = "b7ad6b7169203331";
        await using var serve = Start(_collector.Environment("parentbased_always_off"), "serve", "--port", "0");
        await serve.WaitForTextAsync("/aggregates");
        using var api = new HttpClient { BaseAddress = new Uri(serve.Errors[serve.Errors.IndexOf("http://", StringComparison.Ordinal)..].Split("/aggregates")[0]) };
        foreach (var (path, flags) in new[] { ("/aggregates/summary", "01"), ("/aggregates?session=secret-session", "01"), ("/aggregates/summary", "00"), ("/metrics", "01") })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "traceparent", $"00-{Trace}-{Parent}-{flags}" }, { "X-Correlation-Id", "mine" } } };
            using var _ = await api.SendAsync(request);
        }

        await Eventually.Async(() => _collector.Spans.Count >= 2, "the recorded requests arrive");
        serve.Terminate();
        await serve.WaitForExitAsync(); // what waits is sent before it ends
        Assert.Equal(["GET /aggregates", "GET /aggregates/summary"], _collector.Spans.Select(span => span.Name).Order());
        var summary = Assert.Single(_collector.Named("GET /aggregates/summary"));
        Assert.Equal((Trace, Parent, 2UL), (summary.TraceId, summary.ParentId, summary.Kind));
        Assert.Equal(("GET", "/aggregates/summary", "200", "mine"), (summary.Attributes["http.request.method"], summary.Attributes["http.route"], summary.Attributes["http.response.status_code"], summary.Attributes["streamgauge.correlation_id"]));
        Assert.DoesNotContain(_collector.Spans.SelectMany(span => span.Attributes.Values), value => value.Contains("secret-session", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Commit_that_is_refused_is_told_as_such_and_the_next_one_counts()
    {
        await using var redis = await _redis.ConnectAsync();
        await redis.ExecuteAsync(["SET", "{events}:aggregates", "text"]); // a key of ours holds something else
        await using var process = Start("process");
        await RunAsync("produce", "--count", "100", "--rate", "0");
        await Eventually.Async(() => _collector.Named("commit events").Any(span => span.IsError), "the refusal is told");
        Assert.Equal("SGTYPE", _collector.Named("commit events").First(span => span.IsError).Attributes["error.type"]);
        await redis.ExecuteAsync(["DEL", "{events}:aggregates"]);
        await Eventually.Async(() => _collector.Named("commit events").Any(span => !span.IsError), "it is counted");
    }

    [Fact]
    public async Task Without_a_collector_entries_are_as_they_were()
    {
        Assert.Equal(0, (await StreamgaugeProcess.RunAsync("produce", "--count", "100", "--redis", _redis.Endpoint.ToString())).ExitCode);
        await using var redis = await _redis.ConnectAsync();
        foreach (var entry in (await redis.ExecuteAsync(["XRANGE", "events", "-", "+"])).Items)
            Assert.Equal(["sg:frame", "producer", "seq"], entry[1].Items.Select(item => item.AsBytes()).Where((_, i) => i % 2 == 0).Select(name => global::System.Text.Encoding.UTF8.GetString(name.Span)));
    }

    [Fact]
    public async Task Mistakes_in_the_environment_are_told_and_an_address_is_not_repeated()
    {
        var result = await StreamgaugeProcess.RunAsync(["process", "--redis", _redis.Endpoint.ToString()], new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "user:hunter2@collector", ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/json", ["OTEL_TRACES_SAMPLER"] = "sometimes",
        });
        Assert.Equal(2, result.ExitCode);
        Assert.All((string[])["OTEL_EXPORTER_OTLP_ENDPOINT", "'http/json'", "'sometimes'"], mistake => Assert.Contains(mistake, result.Errors, StringComparison.Ordinal));
        Assert.DoesNotContain("hunter2", result.Errors, StringComparison.Ordinal);
    }

    private HashSet<string> TracesOf(string name) => [.. _collector.Named(name).Select(span => span.TraceId)];

    private IEnumerable<string> FirstOfEachBatch() => TracesOf("process events") is { Count: > 0 } traces ? traces : ["none yet"];

    private StreamgaugeProcess Start(params string[] arguments) => Start(_collector.Environment(), arguments);

    private StreamgaugeProcess Start(Dictionary<string, string?> environment, params string[] arguments) =>
        StreamgaugeProcess.Start([.. arguments, "--redis", _redis.Endpoint.ToString()], environment);

    private async Task RunAsync(params string[] arguments)
    {
        var result = await StreamgaugeProcess.RunAsync([.. arguments, "--redis", _redis.Endpoint.ToString()], _collector.Environment());
        Assert.True(result.ExitCode == 0, result.Errors);
    }
}
