namespace Streamgauge.Producing;

/// <summary>Where a replay stands.</summary>
/// <param name="Lines">Lines read.</param>
/// <param name="Events">Events the sink has taken.</param>
/// <param name="Malformed">Malformed lines.</param>
/// <param name="BytesDone">Bytes read of the file as it lies on disk.</param>
/// <param name="BytesTotal">Size of the file; null when it has none, as standard input.</param>
public sealed record ReplayProgress(long Lines, long Events, long Malformed, long BytesDone, long? BytesTotal);
