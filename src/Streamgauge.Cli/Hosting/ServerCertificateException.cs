namespace Streamgauge.Cli;

/// <summary>Files that HTTPS cannot be served with; the message says which, why, and what to give.</summary>
internal sealed class ServerCertificateException(string message, Exception inner) : Exception(message, inner);
