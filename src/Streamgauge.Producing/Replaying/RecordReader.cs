namespace Streamgauge.Producing;

/// <summary>Reads records from a stream through one buffer of bounded size, counting lines. Not thread-safe; does not own the stream.</summary>
internal sealed class RecordReader(Stream stream, int readBytes = RecordReader.ReadBytesDefault)
{
    /// <summary>Longest record, line ends inside quotes included. The largest event is 16 KiB; the rest is room for columns nobody maps.</summary>
    public const int RecordBytesMax = 256 * 1024;

    private const int ReadBytesDefault = 128 * 1024;

    private byte[] _buffer = new byte[Math.Max(readBytes, 16)];
    private int _start;
    private int _end;
    private bool _isFinal;
    private bool _hasBegun;
    private bool _isDiscarding;

    /// <summary>Chosen before the first <see cref="Read"/>, if need be after a look at <see cref="PeekFirst"/>.</summary>
    public IRecordParser Parser { get; set; } = new CsvParser((byte)',');

    public RecordFields Record { get; } = new();

    /// <summary>The line the current record or fault begins on, from 1.</summary>
    public long Line { get; private set; } = 1;

    /// <summary>Lines left behind so far.</summary>
    public long LinesDone { get; private set; }

    /// <summary>Bytes left behind so far, before the current record.</summary>
    public long BytesDone { get; private set; }

    public RecordFault Fault { get; private set; }

    /// <summary>Line of the current fault, from 1: the record may have begun on an earlier one.</summary>
    public long FaultLine { get; private set; }

    /// <summary>Column of the current fault in bytes, from 1.</summary>
    public int FaultColumn { get; private set; }

    /// <summary>The next record or fault within the buffer; <see cref="RecordStatus.NeedMore"/> asks for <see cref="FillAsync"/>.</summary>
    public RecordStatus Read()
    {
        if (!_hasBegun) return RecordStatus.NeedMore;
        while (true)
        {
            if (_isDiscarding && !Discard()) return _isFinal ? RecordStatus.End : RecordStatus.NeedMore;
            Line = LinesDone + 1;
            var result = Parser.Parse(new ArraySegment<byte>(_buffer, _start, _end - _start), _isFinal, Record);
            switch (result.Status)
            {
                case RecordStatus.NeedMore when _end - _start >= RecordBytesMax:
                    GiveUp();
                    return RecordStatus.Fault;
                case RecordStatus.Record when result.ConsumedBytes > RecordBytesMax:
                    SetFault(RecordFault.RecordTooLong, 0);
                    Consume(result.ConsumedBytes);
                    return RecordStatus.Fault;
                case RecordStatus.Fault:
                    SetFault(result.Fault, result.FaultAt);
                    break;
                case RecordStatus.Blank:
                    Consume(result.ConsumedBytes);
                    continue;
            }

            Consume(result.ConsumedBytes);
            return result.Status;
        }
    }

    /// <summary>Where a byte of the current record stands: line and column, both from 1.</summary>
    public (long Line, int Column) Locate(int offset) => Locate(Record.Raw, offset);

    /// <summary>Reads more of the stream behind what is left in the buffer.</summary>
    public async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        if (_start > 0)
        {
            Buffer.BlockCopy(_buffer, _start, _buffer, 0, _end - _start);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _buffer.Length) Array.Resize(ref _buffer, _buffer.Length * 2);
        var count = await stream.ReadAsync(_buffer.AsMemory(_end, Math.Min(readBytes, _buffer.Length - _end)), cancellationToken);
        _end += count;
        _isFinal = count == 0;
        if (!_hasBegun) SkipByteOrderMark();
    }

    /// <summary>The first byte that is not white space, or -1 while none is in the buffer. Only before the first <see cref="Read"/>.</summary>
    public int PeekFirst()
    {
        if (!_hasBegun) return -1;
        var at = _buffer.AsSpan(_start, _end - _start).IndexOfAnyExcept(" \t\r\n"u8);
        return at < 0 ? -1 : _buffer[_start + at];
    }

    /// <summary>Whether the stream has ended; the buffer may still hold records.</summary>
    public bool IsFinal => _isFinal;

    // Waits for three bytes or the end of the stream: a mark cut in two must be found too.
    private void SkipByteOrderMark()
    {
        if (_end < 3 && !_isFinal) return;
        _hasBegun = true;
        if (_buffer.AsSpan(0, _end).StartsWith("\uFEFF"u8)) (_start, BytesDone) = (3, 3);
    }

    private void Consume(int count)
    {
        var bytes = _buffer.AsSpan(_start, count);
        LinesDone += bytes.Count((byte)'\n');
        if (_isFinal && _start + count == _end && count > 0 && bytes[^1] != '\n') LinesDone++;
        _start += count;
        BytesDone += count;
    }

    // No record within the limit. With a line end inside it is an open quote: go on behind that line. Without, drop bytes up to the next.
    private void GiveUp()
    {
        var lineEnd = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
        SetFault(lineEnd < 0 ? RecordFault.RecordTooLong : RecordFault.UnterminatedQuote, 0);
        if (lineEnd >= 0)
        {
            Consume(lineEnd + 1);
            return;
        }

        _isDiscarding = true;
        Discard();
    }

    private bool Discard()
    {
        var lineEnd = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
        Consume(lineEnd < 0 ? _end - _start : lineEnd + 1);
        _isDiscarding = lineEnd < 0;
        return !_isDiscarding;
    }

    private void SetFault(RecordFault fault, int at)
    {
        Fault = fault;
        (FaultLine, FaultColumn) = Locate(_buffer.AsSpan(_start, _end - _start), at);
    }

    private (long Line, int Column) Locate(ReadOnlySpan<byte> record, int offset)
    {
        var before = record[..Math.Min(offset, record.Length)];
        return (Line + before.Count((byte)'\n'), before.Length - before.LastIndexOf((byte)'\n'));
    }
}
