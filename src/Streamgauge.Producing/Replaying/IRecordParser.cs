using System.Runtime.InteropServices;

namespace Streamgauge.Producing;

/// <summary>Finds one record at the beginning of a buffer. Without memory between calls, so where the buffer was cut cannot matter.</summary>
internal interface IRecordParser
{
    /// <param name="buffer">What is left of the input, or its beginning.</param>
    /// <param name="isFinal">Nothing follows <paramref name="buffer"/>.</param>
    /// <param name="record">Filled when the result is <see cref="RecordStatus.Record"/>; points into <paramref name="buffer"/>.</param>
    ParseResult Parse(ArraySegment<byte> buffer, bool isFinal, RecordFields record);
}

/// <summary>What a parser found.</summary>
/// <param name="Status">The kind of result.</param>
/// <param name="ConsumedBytes">Bytes of the record with its line end; of a fault, up to where the next record may begin.</param>
/// <param name="Fault">Of <see cref="RecordStatus.Fault"/>.</param>
/// <param name="FaultAt">Where in the buffer the fault lies.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ParseResult(RecordStatus Status, int ConsumedBytes = 0, RecordFault Fault = RecordFault.None, int FaultAt = 0);

internal enum RecordStatus : byte
{
    /// <summary>The record does not end within the buffer.</summary>
    NeedMore,

    Record,

    /// <summary>An empty line.</summary>
    Blank,

    Fault,

    /// <summary>Nothing is left.</summary>
    End,
}
