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

    /// <summary>Sums letters up, most frequent reason first.</summary>
    /// <param name="letters">In the order they were buried.</param>
    public static async Task<IReadOnlyList<DeadLetterSummary>> ByReasonAsync(IAsyncEnumerable<StoredDeadLetter> letters)
    {
        var reasons = new Dictionary<string, DeadLetterSummary>(StringComparer.Ordinal);
        await foreach (var letter in letters)
        {
            if (!reasons.TryGetValue(letter.Reason, out var summary)) reasons.Add(letter.Reason, summary = new DeadLetterSummary(letter.Reason));
            summary.Add(letter);
        }

        return [.. reasons.Values.OrderByDescending(summary => summary.Count).ThenBy(summary => summary.Reason, StringComparer.Ordinal)];
    }

    /// <summary>Takes letters in the order they were buried.</summary>
    public void Add(StoredDeadLetter letter)
    {
        Count++;
        if (letter.Retried > 0) Retried++;
        Oldest ??= letter;
        Newest = letter;
    }
}
