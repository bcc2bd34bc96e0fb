using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Streamgauge.TestKit;

namespace Streamgauge.Tests.System;

/// <summary>The API over HTTPS: a certificate of a private authority, checked as any client does.</summary>
public sealed class HttpsTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sg-https-").FullName;
    private RedisServer _redis = null!;

    public async Task InitializeAsync() => _redis = await RedisServer.StartAsync();

    public async Task DisposeAsync()
    {
        await _redis.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Answers_are_served_over_https_and_a_replaced_certificate_is_taken_up_while_it_runs()
    {
        var first = TestCertificates.Create(_folder);
        await using var serve = StreamgaugeProcess.Start(["serve", "--port", "0", "--redis", _redis.Endpoint.ToString(), "--https-cert", first.ServerCertificate, "--https-key", first.ServerKey]);
        await serve.WaitForTextAsync("/aggregates");
        var address = new Uri(serve.Errors.Split(' ', '\n').First(word => word.StartsWith("https://localhost:", StringComparison.Ordinal)));
        Assert.Contains("total_count", await AskAsync(address, first.Authority), StringComparison.Ordinal);

        var second = TestCertificates.Create(Directory.CreateDirectory(Path.Combine(_folder, "next")).FullName);
        await Assert.ThrowsAsync<HttpRequestException>(() => AskAsync(address, second.Authority));
        File.Copy(second.ServerCertificate, first.ServerCertificate, overwrite: true); // for a moment the two do not belong together
        Assert.Contains("total_count", await AskAsync(address, first.Authority), StringComparison.Ordinal);
        File.Copy(second.ServerKey, first.ServerKey, overwrite: true);
        await Eventually.Async(async () =>
        {
            try
            {
                return (await AskAsync(address, second.Authority)).Contains("total_count", StringComparison.Ordinal);
            }
            catch (HttpRequestException)
            {
                return false;
            }
        }, "the new certificate is served");
    }

    [Fact]
    public async Task Files_that_do_not_belong_together_are_refused_at_the_start_with_their_names()
    {
        var one = TestCertificates.Create(_folder);
        var other = TestCertificates.Create(Directory.CreateDirectory(Path.Combine(_folder, "other")).FullName);
        var mixed = await StreamgaugeProcess.RunAsync("serve", "--port", "0", "--redis", _redis.Endpoint.ToString(), "--https-cert", one.ServerCertificate, "--https-key", other.ServerKey);
        Assert.Equal(2, mixed.ExitCode);
        Assert.Contains(other.ServerKey, mixed.Errors, StringComparison.Ordinal);

        var alone = await StreamgaugeProcess.RunAsync("process", "--port", "0", "--redis", _redis.Endpoint.ToString(), "--https-cert", one.ServerCertificate);
        Assert.Equal(2, alone.ExitCode);
        Assert.Contains("--https-cert needs --https-key", alone.Errors, StringComparison.Ordinal);
    }

    private static async Task<string> AskAsync(Uri address, string authority)
    {
        var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        trust.CustomTrustStore.ImportFromPemFile(authority);
        using var handler = new SocketsHttpHandler { SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = trust } };
        using var http = new HttpClient(handler);
        return await http.GetStringAsync(address);
    }
}
