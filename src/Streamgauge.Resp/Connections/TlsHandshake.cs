using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Streamgauge.Resp;

/// <summary>Turns a plain stream into a TLS one, and its many ways to fail into one sentence.</summary>
internal static class TlsHandshake
{
    /// <exception cref="RedisConnectionException">A file is unusable, or the two sides do not trust each other.</exception>
    public static async Task<Stream> AuthenticateAsync(Stream inner, RedisEndpoint endpoint, RedisTlsOptions options, CancellationToken ct)
    {
        var name = options.ServerName ?? endpoint.Host ?? "";
        var refusal = "";
        var settings = new SslClientAuthenticationOptions
        {
            TargetHost = name,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            ClientCertificates = LoadClientCertificate(options),
            CertificateChainPolicy = LoadTrust(options),
            RemoteCertificateValidationCallback = (_, _, chain, errors) =>
            {
                refusal = Describe(errors, chain, name);
                return errors == SslPolicyErrors.None;
            },
        };

        var stream = new SslStream(inner);
        try
        {
            await stream.AuthenticateAsClientAsync(settings, ct);
            return stream;
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            await stream.DisposeAsync();
            var why = refusal.Length > 0 ? refusal : $"{(e.InnerException ?? e).Message.TrimEnd('.')}. Check that the port speaks TLS, and whether the server wants a client certificate (RedisTlsOptions.CertificateFile)";
            throw new RedisConnectionException($"TLS with {endpoint} failed: {why}.", e);
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    private static string Describe(SslPolicyErrors errors, X509Chain? chain, string name)
    {
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable)) return "the server sent no certificate; give it one with 'tls-cert-file'";
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors))
        {
            var reasons = chain is null ? "" : string.Join(", ", chain.ChainStatus.Select(status => status.Status.ToString()).Distinct());
            return $"the server's certificate is not trusted ({reasons}); name the authority that signed it in RedisTlsOptions.CaFile, or renew it";
        }

        return errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch)
            ? $"the server's certificate is not for '{name}'; connect by a name it carries, or set RedisTlsOptions.ServerName"
            : "";
    }

    private static X509ChainPolicy? LoadTrust(RedisTlsOptions options)
    {
        if (options.CaFile is null) return null;
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck, // private authorities rarely publish revocation lists
        };
        try
        {
            policy.CustomTrustStore.ImportFromPemFile(options.CaFile);
        }
        catch (Exception e) when (IsFileProblem(e))
        {
            throw Unusable("CaFile", options.CaFile, e);
        }

        return policy.CustomTrustStore.Count > 0 ? policy : throw Unusable("CaFile", options.CaFile, cause: null);
    }

    private static X509CertificateCollection? LoadClientCertificate(RedisTlsOptions options)
    {
        if (options.CertificateFile is null) return null;
        try
        {
            return [X509Certificate2.CreateFromPemFile(options.CertificateFile, options.KeyFile)];
        }
        catch (Exception e) when (IsFileProblem(e))
        {
            throw Unusable("CertificateFile or KeyFile", options.CertificateFile, e);
        }
    }

    private static bool IsFileProblem(Exception e) => e is IOException or UnauthorizedAccessException or CryptographicException;

    private static RedisConnectionException Unusable(string setting, string path, Exception? cause) =>
        new($"TLS is not possible: RedisTlsOptions.{setting} ('{path}') cannot be used: {cause?.Message.TrimEnd('.') ?? "it holds no certificate"}. Give a readable PEM file.", cause);
}
