using Streamgauge.Resp;
using Streamgauge.Views;

namespace Streamgauge.Streams;

/// <summary>Counts a page of the retained stream into views that are being built, and moves the rebuild's cursor, in one atomic step.</summary>
/// <remarks>Safe to repeat: a step that was done answers as if it had just been done.</remarks>
internal sealed class BackfillRequest(StreamKeys keys, IReadOnlyList<CatalogView> building, long catalogVersion) : RespRequest
{
    private readonly SectionsWriter _sections = new(keys, building);
    private readonly RespWriter _arguments = new();

    /// <summary>Whether the step was done; otherwise somebody else has changed the catalog or moved the cursor.</summary>
    public bool IsDone { get; private set; }

    public void Prepare(StreamEntryId cursor, StreamEntryId next, DeltaSet deltas, DateTimeOffset now)
    {
        _arguments.Clear();
        _arguments.BeginArguments();
        _arguments.WriteBulk(catalogVersion);
        FunctionCall.WriteId(_arguments, cursor);
        FunctionCall.WriteId(_arguments, next);
        _sections.Write(_arguments, deltas, now.ToUnixTimeMilliseconds());
    }

    protected override void Write(RespWriter output)
    {
        FunctionCall.WriteHead(output, "sg_backfill_v1"u8, _sections.KeyCount, _arguments.ArgumentCount);
        _sections.WriteKeys(output);
        output.WriteArguments(_arguments);
    }

    protected override void Read(ref RespReader reply)
    {
        reply.ReadAggregateHeader();
        IsDone = reply.ReadString().SequenceEqual("OK"u8);
    }
}
