namespace Streamgauge.Producing;

/// <summary>RFC 4180: fields in quotes may hold delimiters, line ends and doubled quotes; lines end in LF or CRLF.</summary>
/// <remarks>
/// Quotes out of place are refused instead of guessed at. After a fault the next record is looked for behind the next line end;
/// after a quote that never ends, behind the first line end of its record, so that one bad quote costs one line.
/// </remarks>
internal sealed class CsvParser(byte delimiter) : IRecordParser
{
    public ParseResult Parse(ArraySegment<byte> buffer, bool isFinal, RecordFields record)
    {
        var bytes = buffer.AsSpan();
        if (bytes.IsEmpty) return new ParseResult(isFinal ? RecordStatus.End : RecordStatus.NeedMore);
        if (bytes[0] == '\n') return new ParseResult(RecordStatus.Blank, 1);
        if (bytes[0] == '\r' && bytes.Length > 1 && bytes[1] == '\n') return new ParseResult(RecordStatus.Blank, 2);
        record.Begin(buffer);
        for (var at = 0; ;)
        {
            int end; // of the field: a delimiter, a line end or the end of the buffer
            if (at < bytes.Length && bytes[at] == '"')
            {
                var status = ReadQuoted(bytes, at, isFinal, record, out end);
                if (status.Status != RecordStatus.Record) return status;
            }
            else
            {
                var length = bytes[at..].IndexOfAny(delimiter, (byte)'\n', (byte)'"');
                if (length < 0)
                {
                    if (!isFinal) return new ParseResult(RecordStatus.NeedMore);
                    length = bytes.Length - at;
                }

                end = at + length;
                if (end < bytes.Length && bytes[end] == '"') return Fault(bytes, isFinal, RecordFault.StrayQuote, end, end);
                var atLineEnd = end < bytes.Length && bytes[end] == '\n';
                var hasCarriageReturn = atLineEnd && length > 0 && bytes[end - 1] == '\r';
                record.Add(at, at, hasCarriageReturn ? length - 1 : length);
            }

            if (end == bytes.Length)
            {
                record.End(end);
                return new ParseResult(RecordStatus.Record, end);
            }

            if (bytes[end] != delimiter)
            {
                var lineEnd = bytes[end] == '\r' ? end + 1 : end;
                record.End(lineEnd > 0 && bytes[lineEnd - 1] == '\r' ? lineEnd - 1 : lineEnd);
                return new ParseResult(RecordStatus.Record, lineEnd + 1);
            }

            at = end + 1;
        }
    }

    // Draws: "…""…" then a delimiter, LF or CRLF. `end` is where that next byte stands.
    private ParseResult ReadQuoted(ReadOnlySpan<byte> bytes, int at, bool isFinal, RecordFields record, out int end)
    {
        var start = at + 1;
        var hasDoubled = false;
        for (end = start; ;)
        {
            var length = bytes[end..].IndexOf((byte)'"');
            if (length < 0)
            {
                return isFinal ? Fault(bytes, isFinal, RecordFault.UnterminatedQuote, at, 0) : new ParseResult(RecordStatus.NeedMore);
            }

            end += length + 1;
            if (end == bytes.Length)
            {
                if (!isFinal) return new ParseResult(RecordStatus.NeedMore);
                break;
            }

            if (bytes[end] != '"') break;
            hasDoubled = true;
            end++;
        }

        var text = bytes[start..(end - 1)];
        if (hasDoubled) record.AddUnquoted(at, text);
        else record.Add(at, start, text.Length);
        if (end == bytes.Length || bytes[end] == delimiter || bytes[end] == '\n') return new ParseResult(RecordStatus.Record);
        if (bytes[end] == '\r')
        {
            if (end + 1 < bytes.Length && bytes[end + 1] == '\n') return new ParseResult(RecordStatus.Record);
            if (end + 1 == bytes.Length && !isFinal) return new ParseResult(RecordStatus.NeedMore);
        }

        return Fault(bytes, isFinal, RecordFault.TextAfterQuote, end, end);
    }

    // The next record may begin behind the first line end at or after `resumeAfter`.
    private static ParseResult Fault(ReadOnlySpan<byte> bytes, bool isFinal, RecordFault fault, int faultAt, int resumeAfter)
    {
        var length = bytes[resumeAfter..].IndexOf((byte)'\n');
        if (length < 0 && !isFinal) return new ParseResult(RecordStatus.NeedMore);
        return new ParseResult(RecordStatus.Fault, length < 0 ? bytes.Length : resumeAfter + length + 1, fault, faultAt);
    }
}
