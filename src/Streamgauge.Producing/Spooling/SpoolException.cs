namespace Streamgauge.Producing;

/// <summary>A spool cannot be used; the message says which file and offset, why, and what to do.</summary>
public sealed class SpoolException(string message, Exception? innerException = null) : IOException(message, innerException);
