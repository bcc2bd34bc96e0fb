namespace Streamgauge.Streams;

/// <summary>The dead letters of one reason.</summary>
public sealed class DeadLetterSummary(string reason)
{
    public string Reason => reason;

    public long Count { get; private set; }

    /// <summary>Those that were retried before and came back.</summary>
    public long Retried { get; private set; }

    /// <summary>The one buried first.</summary>
    public StoredDeadLetter? Oldest { get; private set; }

    /// <summary>The one buried last.</summary>
    public StoredDeadLetter? Newest { get; private set; }

    /// <summary>Takes letters in the order they were buried.</summary>
    public void Add(StoredDeadLetter letter)
    {
        Count++;
        if (letter.Retried > 0) Retried++;
        Oldest ??= letter;
        Newest = letter;
    }
}
