namespace Streamgauge.Streams;

/// <summary>A verification came to no result; the message says why.</summary>
/// <param name="outcome">Value of the label <c>outcome</c>: <c>changed</c>, <c>too_large</c>.</param>
public sealed class VerificationVoidException(string outcome, string message) : Exception(message)
{
    public string Outcome { get; } = outcome;
}
