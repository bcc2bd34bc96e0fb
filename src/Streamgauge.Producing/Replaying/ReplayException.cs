namespace Streamgauge.Producing;

/// <summary>A file that cannot be replayed: its header does not fit the mapping, or a line is malformed and the replay strict.</summary>
public sealed class ReplayException : Exception
{
    public ReplayException(string message, MalformedLine? location)
        : base(message) => Location = location;

    /// <summary>Where; null if it concerns the whole file.</summary>
    public MalformedLine? Location { get; }
}
