using System.Buffers.Binary;
using System.Text;

namespace Streamgauge.Tests.System.Tracing;

/// <summary>The fields of one protobuf message, by number. As much of the format as OTLP uses, read by a witness that shares no code with the exporter.</summary>
internal sealed class ProtobufFields
{
    private readonly List<(int Number, ReadOnlyMemory<byte> Bytes, ulong Value)> _fields = [];

    public ProtobufFields(ReadOnlyMemory<byte> message)
    {
        var at = 0;
        while (at < message.Length)
        {
            var tag = Varint(message.Span, ref at);
            var number = (int)(tag >> 3);
            switch (tag & 7)
            {
                case 0:
                    _fields.Add((number, default, Varint(message.Span, ref at)));
                    break;
                case 1:
                    _fields.Add((number, default, BinaryPrimitives.ReadUInt64LittleEndian(message.Span[at..])));
                    at += 8;
                    break;
                case 2:
                    var length = (int)Varint(message.Span, ref at);
                    _fields.Add((number, message.Slice(at, length), 0));
                    at += length;
                    break;
                case 5:
                    _fields.Add((number, default, BinaryPrimitives.ReadUInt32LittleEndian(message.Span[at..])));
                    at += 4;
                    break;
                default:
                    throw new FormatException($"wire type {tag & 7} of field {number}");
            }
        }
    }

    public IEnumerable<ProtobufFields> Messages(int number) => _fields.Where(field => field.Number == number).Select(field => new ProtobufFields(field.Bytes));

    public string Text(int number) => Encoding.UTF8.GetString(Bytes(number).Span);

    public string Hex(int number) => Convert.ToHexStringLower(Bytes(number).Span);

    public ulong Number(int number) => _fields.Find(field => field.Number == number).Value;

    public bool Has(int number) => _fields.Exists(field => field.Number == number);

    private ReadOnlyMemory<byte> Bytes(int number) => _fields.Find(field => field.Number == number).Bytes;

    private static ulong Varint(ReadOnlySpan<byte> message, ref int at)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var b = message[at++];
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80) return value;
        }
    }
}
