using System.Diagnostics.Metrics;
using System.IO.Compression;
using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;

namespace Streamgauge.Telemetry.Tests;

public sealed class MetricsEndpointTests
{
    [Fact]
    public async Task Prometheus_gets_OpenMetrics_uncached_and_compressed()
    {
        await using var app = await RunningApp.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        request.Headers.TryAddWithoutValidation("Accept", NegotiationTests.Prometheus242);
        request.Headers.TryAddWithoutValidation("Accept-Encoding", "gzip");
        using var response = await app.Http.SendAsync(request);

        Assert.Equal("application/openmetrics-text; version=1.0.0; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        Assert.True(response.Headers.CacheControl!.NoStore);
        Assert.Equal("gzip", response.Content.Headers.ContentEncoding.Single());
        await using var plain = new GZipStream(await response.Content.ReadAsStreamAsync(), CompressionMode.Decompress);
        using var reader = new StreamReader(plain, Encoding.UTF8);
        var page = Page.Parse(await reader.ReadToEndAsync());
        Assert.EndsWith("# EOF\n", page.Text);
        Assert.Contains("build_info", page.Types.Keys);
    }

    [Fact]
    public async Task Curl_gets_text_with_a_length()
    {
        await using var app = await RunningApp.StartAsync();
        using var response = await app.Http.GetAsync(new Uri("/metrics", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);

        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        Assert.Equal((await response.Content.ReadAsByteArrayAsync()).Length, response.Content.Headers.ContentLength);
        Assert.Equal(["Accept", "Accept-Encoding"], response.Headers.Vary);
    }

    [Fact]
    public async Task Head_answers_without_a_body_and_other_methods_are_refused()
    {
        await using var app = await RunningApp.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Head, "/metrics");
        using var head = await app.Http.SendAsync(request);
        using var post = await app.Http.PostAsync(new Uri("/metrics", UriKind.Relative), content: null);

        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, post.StatusCode);
    }

    [Fact]
    public void A_zero_recorded_before_anyone_asked_for_the_page_is_on_it()
    {
        using var services = new ServiceCollection().AddStreamgaugeTelemetry().AddStreamgaugeTelemetry().BuildServiceProvider();
        services.GetRequiredService<IMeterFactory>().Create("Streamgauge.Processing")
            .CreateCounter<long>("events.failed", "{event}", "Given up.").Add(0, new KeyValuePair<string, object?>("reason", "late"));

        var page = Page.Of(services.GetRequiredService<MetricsExposition>());
        Assert.Equal(0, page["events_failed_total{reason=\"late\"}"]);
    }

    [Fact]
    public void Two_hosts_in_one_process_do_not_see_each_other()
    {
        using var one = new ServiceCollection().AddStreamgaugeTelemetry().BuildServiceProvider();
        using var two = new ServiceCollection().AddStreamgaugeTelemetry().BuildServiceProvider();
        one.GetRequiredService<IMeterFactory>().Create("Streamgauge.Streams").CreateCounter<long>("ones").Add(1);
        two.GetRequiredService<IMeterFactory>().Create("Streamgauge.Streams").CreateCounter<long>("twos").Add(1);

        Assert.DoesNotContain("twos_total", Page.Of(one.GetRequiredService<MetricsExposition>()).Samples.Keys);
        Assert.DoesNotContain("ones_total", Page.Of(two.GetRequiredService<MetricsExposition>()).Samples.Keys);
    }

    [Fact]
    public void The_meter_factory_makes_equal_meters_once_and_survives_their_disposal()
    {
        using var services = new ServiceCollection().AddStreamgaugeTelemetry().BuildServiceProvider();
        var factory = services.GetRequiredService<IMeterFactory>();
        var meter = factory.Create("Streamgauge.Streams", "1", [new("a", 1)]);
        Assert.Same(meter, factory.Create("Streamgauge.Streams", "1", [new("a", 1)]));
        Assert.NotSame(meter, factory.Create("Streamgauge.Streams", "2", [new("a", 1)]));

        meter.Dispose();
        meter.CreateCounter<long>("still.here").Add(1);
        Assert.Equal(1, Page.Of(services.GetRequiredService<MetricsExposition>())["still_here_total"]);
    }
}
