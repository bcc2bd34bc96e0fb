using System.Text.Json;

namespace Streamgauge.Producing;

/// <summary>One JSON object per line. Strings, numbers and booleans become text, null means absent, nested values become compact JSON.</summary>
/// <remarks>Numbers keep the digits they are written with: a value is never taken through a float.</remarks>
internal sealed class NdjsonParser : IRecordParser
{
    /// <summary>Deepest nesting, the object of the line included.</summary>
    public const int DepthMax = 16;

    // One more than allowed, so that the reader shows us the level that is too deep instead of calling it bad JSON.
    private static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = DepthMax + 1 };

    public ParseResult Parse(ArraySegment<byte> buffer, bool isFinal, RecordFields record)
    {
        var bytes = buffer.AsSpan();
        if (bytes.IsEmpty) return new ParseResult(isFinal ? RecordStatus.End : RecordStatus.NeedMore);
        var length = bytes.IndexOf((byte)'\n');
        if (length < 0 && !isFinal) return new ParseResult(RecordStatus.NeedMore);
        var consumed = length < 0 ? bytes.Length : length + 1;
        if (length < 0) length = bytes.Length;
        if (bytes[..length].IndexOfAnyExcept(" \t\r"u8) < 0) return new ParseResult(RecordStatus.Blank, consumed);
        var line = buffer[..length];
        record.Begin(line);
        var fault = ReadObject(line, record, out var faultAt);
        return fault == RecordFault.None
            ? new ParseResult(RecordStatus.Record, consumed)
            : new ParseResult(RecordStatus.Fault, consumed, fault, faultAt);
    }

    private static RecordFault ReadObject(ReadOnlySpan<byte> line, RecordFields record, out int faultAt)
    {
        var reader = new Utf8JsonReader(line, isFinalBlock: true, new JsonReaderState(ReaderOptions));
        faultAt = 0;
        try
        {
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                faultAt = (int)reader.TokenStartIndex;
                return RecordFault.NotAnObject;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                faultAt = (int)reader.TokenStartIndex;
                var name = CopyText(ref reader, faultAt, record);
                reader.Read();
                var start = (int)reader.TokenStartIndex;
                if (ReadValue(ref reader, line, record) is not { } value)
                {
                    faultAt = (int)reader.TokenStartIndex;
                    return RecordFault.TooDeep;
                }

                record.Add(name, value, start);
                if (IsDuplicate(record)) return RecordFault.DuplicateField;
            }

            // Only now is the rest of the line known to be nothing but white space: a second value throws here.
            reader.Read();
            return RecordFault.None;
        }
        catch (JsonException e)
        {
            faultAt = (int)Math.Min(e.BytePositionInLine ?? 0, line.Length);
            return RecordFault.NotJson;
        }
        catch (InvalidOperationException)
        {
            // What CopyString throws for bytes that are not UTF-8 and for half of a surrogate pair.
            return RecordFault.InvalidText;
        }
    }

    // Null if it is nested too deep; the reader then stands where it became so.
    private static RecordFields.Slice? ReadValue(ref Utf8JsonReader reader, ReadOnlySpan<byte> line, RecordFields record)
    {
        var start = (int)reader.TokenStartIndex;
        switch (reader.TokenType)
        {
            case JsonTokenType.Null:
                return default(RecordFields.Slice);
            case JsonTokenType.String:
                return CopyText(ref reader, start, record);
            case JsonTokenType.StartObject or JsonTokenType.StartArray:
                if (!TrySkip(ref reader)) return null;
                return CopyCompact(line[start..(int)reader.BytesConsumed], record);
            default: // a number, true or false
                return new RecordFields.Slice(start, reader.ValueSpan.Length, InScratch: false);
        }
    }

    private static bool TrySkip(ref Utf8JsonReader reader)
    {
        for (var depth = reader.CurrentDepth; ;)
        {
            // CurrentDepth of an opening token does not count the level it opens.
            reader.Read();
            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray && reader.CurrentDepth >= DepthMax) return false;
            if (reader.CurrentDepth == depth) return true;
        }
    }

    // The text of a string or a property name whose opening quote stands at `start`.
    private static RecordFields.Slice CopyText(ref Utf8JsonReader reader, int start, RecordFields record)
    {
        if (!reader.ValueIsEscaped) return new RecordFields.Slice(start + 1, reader.ValueSpan.Length, InScratch: false);
        return record.Commit(reader.CopyString(record.Reserve(reader.ValueSpan.Length)));
    }

    // Leaves out white space between tokens; all else stays as it is written.
    private static RecordFields.Slice CopyCompact(ReadOnlySpan<byte> json, RecordFields record)
    {
        var output = record.Reserve(json.Length);
        var length = 0;
        var isInString = false;
        for (var at = 0; at < json.Length; at++)
        {
            var b = json[at];
            if (!isInString && b is (byte)' ' or (byte)'\t' or (byte)'\r') continue;
            output[length++] = b;
            if (b == '"') isInString = !isInString;
            else if (isInString && b == '\\') output[length++] = json[++at];
        }

        return record.Commit(length);
    }

    // Records have few fields: comparing with each earlier one is cheaper than a set.
    private static bool IsDuplicate(RecordFields record)
    {
        var last = record.Count - 1;
        for (var i = 0; i < last; i++)
        {
            if (record.Name(i).SequenceEqual(record.Name(last))) return true;
        }

        return false;
    }
}
