namespace Streamgauge.Resp;

/// <summary>How to speak TLS (1.2 or 1.3) to a <c>rediss://</c> endpoint. Files are PEM.</summary>
public sealed class RedisTlsOptions
{
    /// <summary>Certificates that may sign the server's; replaces the machine's trust store.</summary>
    /// <value>Default null: the machine's trust store decides.</value>
    public string? CaFile { get; set; }

    /// <summary>Client certificate, for servers with <c>tls-auth-clients yes</c>.</summary>
    /// <value>Default null: none is sent. Needs <see cref="KeyFile"/> unless the file holds the key too.</value>
    public string? CertificateFile { get; set; }

    /// <summary>Private key of <see cref="CertificateFile"/>, not encrypted.</summary>
    /// <value>Default null: the key is looked for in <see cref="CertificateFile"/>.</value>
    public string? KeyFile { get; set; }

    /// <summary>The name the server's certificate must carry.</summary>
    /// <value>Default null: the endpoint's host.</value>
    public string? ServerName { get; set; }
}
