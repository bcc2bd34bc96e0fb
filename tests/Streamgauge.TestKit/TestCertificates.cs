using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Streamgauge.TestKit;

/// <summary>An authority, a server certificate for "localhost" and a client certificate, as PEM files valid for an hour.</summary>
public sealed record TestCertificates(string Authority, string ServerCertificate, string ServerKey, string ClientCertificate, string ClientKey)
{
    private static readonly DateTimeOffset From = DateTimeOffset.UtcNow.AddMinutes(-5);

    public static TestCertificates Create(string directory)
    {
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Streamgauge test authority", authorityKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        using var authority = request.CreateSelfSigned(From, From.AddHours(1));
        var path = Write(directory, "ca.crt", authority.ExportCertificatePem());
        var server = Issue(directory, "server", authority);
        var client = Issue(directory, "client", authority);
        return new TestCertificates(path, server.Certificate, server.Key, client.Certificate, client.Key);
    }

    private static (string Certificate, string Key) Issue(string directory, string name, X509Certificate2 authority)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(authority, From, From.AddMinutes(50), Guid.NewGuid().ToByteArray());
        return (Write(directory, $"{name}.crt", certificate.ExportCertificatePem()), Write(directory, $"{name}.key", key.ExportPkcs8PrivateKeyPem()));
    }

    private static string Write(string directory, string name, string pem)
    {
        var path = Path.Combine(directory, name);
        File.WriteAllText(path, pem);
        return path;
    }
}
