using Streamgauge.Resp;
using Streamgauge.Views;

namespace Streamgauge.Streams;

/// <summary>The commit: applies what a batch adds and acknowledges its entries in one atomic step, or does nothing.</summary>
/// <remarks>
/// Safe to repeat: entries counted before are no longer pending, and the repetition answers <see cref="CommitOutcome.Missing"/>.
/// The batch and its deltas must stay unchanged until the reply is there.
/// </remarks>
public sealed class CommitRequest(StreamKeys keys, string group, string consumer, IReadOnlyList<CatalogView> catalog, long catalogVersion, int deadLettersMax) : RespRequest
{
    private readonly byte[] _group = FunctionCall.Utf8(group);
    private readonly byte[] _consumer = FunctionCall.Utf8(consumer);
    private readonly SectionsWriter _sections = new(keys, catalog);
    private readonly RespWriter _arguments = new();

    /// <summary>What became of the commit.</summary>
    public CommitOutcome Outcome { get; private set; }

    /// <summary>Entries that were no longer ours; nothing was counted.</summary>
    public int MissingCount { get; private set; }

    /// <summary>Commits of this stream so far, as of the last one that counted.</summary>
    public long Commits { get; private set; }

    /// <summary>Everything at or below is counted or dead-lettered.</summary>
    public StreamEntryId Floor { get; private set; }

    /// <summary>Encodes a batch and its deltas.</summary>
    /// <param name="updated">Now; becomes <c>last_updated</c>.</param>
    public void Prepare(EntryBatch batch, DeltaSet deltas, DateTimeOffset updated)
    {
        _arguments.Clear();
        _arguments.BeginArguments();
        _arguments.WriteBulk(_group);
        _arguments.WriteBulk(_consumer);
        WriteTime(updated);
        _arguments.WriteBulk(deltas.NewestEventMs);
        _arguments.WriteBulk(batch.Events.Count);
        _arguments.WriteBulk(deltas.LateCount);
        _arguments.WriteBulk(batch.Events.ClampedCount);
        _arguments.WriteBulk(deadLettersMax);
        _arguments.WriteBulk(catalogVersion);
        WriteEntries(batch);
        _sections.Write(_arguments, deltas, AboutNowMs(batch, updated.ToUnixTimeMilliseconds()));
    }

    protected override void Write(RespWriter output)
    {
        FunctionCall.WriteHead(output, "sg_commit_v1"u8, _sections.KeyCount, _arguments.ArgumentCount);
        _sections.WriteKeys(output);
        output.WriteArguments(_arguments);
    }

    protected override void Read(ref RespReader reply)
    {
        var items = reply.ReadAggregateHeader();
        Outcome = reply.ReadString() switch
        {
            [(byte)'O', ..] => CommitOutcome.Counted,
            [(byte)'V', ..] => CommitOutcome.ViewsChanged,
            _ => CommitOutcome.Missing,
        };
        MissingCount = Outcome == CommitOutcome.Missing ? items - 1 : 0;
        if (Outcome != CommitOutcome.Counted) return;
        Commits = reply.ReadInteger();
        if (StreamEntryId.TryParse(reply.ReadString(), out var floor)) Floor = floor;
    }

    // Our clock may be behind Redis's, and an entry written by hand may carry any time.
    private static long AboutNowMs(EntryBatch batch, long updatedMs) => Math.Max(updatedMs, Math.Min(batch.NewestArrivalMs, updatedMs + 3_600_000));

    private void WriteTime(DateTimeOffset time)
    {
        Span<byte> text = stackalloc byte[40];
        time.TryFormat(text, out var written, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture);
        _arguments.WriteBulk(text[..written]);
    }

    private void WriteEntries(EntryBatch batch)
    {
        _arguments.WriteBulk(batch.Count);
        foreach (var id in batch.Ids) FunctionCall.WriteId(_arguments, id);
        var wholeEntries = 0;
        foreach (var letter in batch.Dead) wholeEntries += letter.Index < 0 ? 1 : 0;
        _arguments.WriteBulk(wholeEntries);
        foreach (var letter in batch.Dead)
        {
            if (letter.Index >= 0) continue;
            FunctionCall.WriteId(_arguments, letter.Id);
            _arguments.WriteBulk(letter.Reason);
        }

        _arguments.WriteBulk(batch.Dead.Count - wholeEntries);
        foreach (var letter in batch.Dead)
        {
            if (letter.Index < 0) continue;
            FunctionCall.WriteId(_arguments, letter.Id);
            _arguments.WriteBulk(letter.Index);
            _arguments.WriteBulk(letter.Reason);
            _arguments.WriteBulk(letter.Fields!.Count);
            for (var i = 0; i < letter.Fields.Count; i++)
            {
                _arguments.WriteBulk(letter.Fields.Name(i));
                _arguments.WriteBulk(letter.Fields.Value(i));
            }
        }
    }
}

/// <summary>What became of a commit.</summary>
public enum CommitOutcome
{
    /// <summary>Counted and acknowledged.</summary>
    Counted,

    /// <summary>Some entries were no longer pending for this consumer; nothing was written.</summary>
    Missing,

    /// <summary>The catalog of views has another version; nothing was written. Read it, fold again, commit again.</summary>
    ViewsChanged,
}
