using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Streamgauge.Cli;

/// <summary>The certificate HTTPS is served with, from PEM files that may be replaced while the process runs.</summary>
internal sealed class ServerCertificate
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);
    private readonly string _certificateFile;
    private readonly string _keyFile;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private SslStreamCertificateContext _current;
    private (DateTime Certificate, DateTime Key) _written;
    private long _looked;

    /// <exception cref="ServerCertificateException">The files hold no certificate and its key.</exception>
    public ServerCertificate(string certificateFile, string keyFile, TimeProvider time)
    {
        (_certificateFile, _keyFile, _time) = (certificateFile, keyFile, time);
        _written = Written();
        _current = Load();
        _looked = time.GetTimestamp();
    }

    /// <summary>The newest certificate that could be read: files that are being replaced, or do not belong together, are looked at again a second later.</summary>
    public SslStreamCertificateContext Current
    {
        get
        {
            lock (_lock)
            {
                if (_time.GetElapsedTime(_looked) < LookEvery) return _current;
                _looked = _time.GetTimestamp();
                try
                {
                    var written = Written();
                    if (written == _written) return _current;
                    _current = Load();
                    _written = written;
                }
                catch (ServerCertificateException)
                {
                    // The old one serves on; monitors of certificates see its end coming.
                }

                return _current;
            }
        }
    }

    private (DateTime Certificate, DateTime Key) Written() => (File.GetLastWriteTimeUtc(_certificateFile), File.GetLastWriteTimeUtc(_keyFile));

    private SslStreamCertificateContext Load()
    {
        try
        {
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(_certificateFile);
            return SslStreamCertificateContext.Create(X509Certificate2.CreateFromPemFile(_certificateFile, _keyFile), chain, offline: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new ServerCertificateException($"HTTPS is not possible with --https-cert '{_certificateFile}' and --https-key '{_keyFile}': {e.Message.TrimEnd('.')}. Give a readable certificate and the key that belongs to it, both as PEM.", e);
        }
    }
}
