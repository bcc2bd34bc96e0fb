using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Streamgauge.Telemetry;

/// <summary>A short name for one request, found again in every log line it caused.</summary>
public static class CorrelationId
{
    /// <summary>The header that carries it, in and out.</summary>
    public const string HeaderName = "X-Correlation-Id";

    private const int CharsMax = 64;
    private const int NewChars = 16; // of 36 kinds: 82 random bits

    private static readonly SearchValues<char> Accepted =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-");

    /// <summary>Makes one: 16 random chars of <c>[a-z0-9]</c>.</summary>
    public static string New() => RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyz0123456789", NewChars);

    /// <summary>True when a stranger's <paramref name="candidate"/> is safe in headers and logs: <c>[A-Za-z0-9-]{1,64}</c>.</summary>
    public static bool TryAccept([NotNullWhen(true)] string? candidate) =>
        candidate is { Length: > 0 and <= CharsMax } && !candidate.AsSpan().ContainsAnyExcept(Accepted);
}
