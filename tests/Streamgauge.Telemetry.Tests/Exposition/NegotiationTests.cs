using System.Text;

namespace Streamgauge.Telemetry.Tests;

public sealed class NegotiationTests
{
    internal const string Prometheus242 =
        "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";

    [Theory]
    [InlineData(Prometheus242, ExpositionFormat.OpenMetrics)]
    [InlineData("application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,*/*;q=0.1", ExpositionFormat.OpenMetrics)]
    [InlineData("application/openmetrics-text", ExpositionFormat.OpenMetrics)]
    [InlineData("Application/OpenMetrics-Text; Version=\"1.0.0\"", ExpositionFormat.OpenMetrics)]
    [InlineData("text/plain;q=0.5, application/openmetrics-text;q=0.5", ExpositionFormat.OpenMetrics)]
    [InlineData("application/openmetrics-text;version=0.0.1", ExpositionFormat.Text)]
    [InlineData("application/openmetrics-text;version=2.0.0", ExpositionFormat.Text)]
    [InlineData("application/openmetrics-text;q=0", ExpositionFormat.Text)]
    [InlineData("application/openmetrics-text;q=0.3,text/plain;version=0.0.4;q=0.7", ExpositionFormat.Text)]
    [InlineData("application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited,*/*;q=0.1", ExpositionFormat.Text)]
    [InlineData("text/plain", ExpositionFormat.Text)]
    [InlineData("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", ExpositionFormat.Text)]
    [InlineData("*/*", ExpositionFormat.Text)]
    [InlineData("image/png", ExpositionFormat.Text)]
    [InlineData(";;,,q=\"", ExpositionFormat.Text)]
    [InlineData("", ExpositionFormat.Text)]
    [InlineData(null, ExpositionFormat.Text)]
    public void Accept_chooses_the_format(string? accept, ExpositionFormat format) => Assert.Equal(format, MetricsExposition.Negotiate(accept));

    [Theory]
    [InlineData("gzip", true)]
    [InlineData("deflate, GZIP;q=0.5", true)]
    [InlineData("gzip;q=0", false)]
    [InlineData("br", false)]
    [InlineData("", false)]
    public void Gzip_is_used_only_when_accepted(string acceptEncoding, bool gzip) => Assert.Equal(gzip, MetricsEndpoint.AcceptsGzip(acceptEncoding));

    [Fact]
    public void Random_accept_headers_never_throw()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        for (var i = 0; i < 2_000; i++)
        {
            var bytes = new byte[random.Next(60)];
            random.NextBytes(bytes);
            var accept = Encoding.Latin1.GetString(bytes);
            var thrown = Record.Exception(() => MetricsExposition.Negotiate(accept));
            Assert.True(thrown is null, $"seed {seed}: {thrown}");
        }
    }
}
