using System.Net;

namespace Streamgauge.Cli;

/// <summary>Where a process listens.</summary>
/// <param name="Certificate">What HTTPS is served with; null for HTTP.</param>
internal sealed record Listening(IPEndPoint Address, ServerCertificate? Certificate);
