using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Streamgauge.Resp;

/// <summary>One reply as a tree of objects, for the control plane. The data plane reads in place with <see cref="RespReader"/>.</summary>
public sealed class RespValue
{
    private const int DepthMax = 128; // far above RedisOptions.ReplyDepthMax; guards the recursion for readers over foreign bytes

    private readonly byte[] _bytes;
    private readonly RespValue[] _items;

    private RespValue(RespType type, byte[]? bytes = null, RespValue[]? items = null)
    {
        Type = type;
        _bytes = bytes ?? [];
        _items = items ?? [];
    }

    /// <summary>What the server sent; every form of null is <see cref="RespType.Null"/>.</summary>
    public RespType Type { get; }

    /// <summary>True for every form of null.</summary>
    public bool IsNull => Type == RespType.Null;

    /// <summary>True for an error, which at the top of a reply is thrown instead and so is only met inside aggregates.</summary>
    public bool IsError => Type is RespType.Error or RespType.BlobError;

    /// <summary>The integer; throws as <see cref="AsInteger"/> does.</summary>
    public long Integer => AsInteger();

    /// <summary>The value as UTF-8 text, or null for null and aggregates.</summary>
    public string? Text => IsNull || RespSyntax.IsAggregate(Type) ? null : Encoding.UTF8.GetString(_bytes);

    /// <summary>The elements of an aggregate; a map's keys and values alternate. Empty for everything else.</summary>
    public IReadOnlyList<RespValue> Items => _items;

    /// <summary>The element at <paramref name="index"/> of an aggregate.</summary>
    public RespValue this[int index] => index >= 0 && index < _items.Length
        ? _items[index]
        : throw new RespProtocolException($"Expected at least {index + 1} elements in the reply, found {_items.Length}.");

    /// <summary>Reads one whole value.</summary>
    /// <exception cref="RespProtocolException">The bytes are no value.</exception>
    public static RespValue Read(ref RespReader reader) => Read(ref reader, depth: 0);

    /// <summary>The integer, or the decimal integer a string holds.</summary>
    /// <exception cref="RespProtocolException">The value is neither.</exception>
    /// <exception cref="RedisReplyException">The value is an error.</exception>
    public long AsInteger()
    {
        if (Type == RespType.Boolean) return _bytes is [(byte)'t'] ? 1 : 0;
        if (!long.TryParse(AsText(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)) ThrowUnexpected("an integer");
        return value;
    }

    /// <summary>The value as UTF-8 text.</summary>
    /// <exception cref="RespProtocolException">The value is null or an aggregate.</exception>
    /// <exception cref="RedisReplyException">The value is an error.</exception>
    public string AsText() => Encoding.UTF8.GetString(AsBytes().Span);

    /// <summary>The value as bytes.</summary>
    /// <exception cref="RespProtocolException">The value is null or an aggregate.</exception>
    /// <exception cref="RedisReplyException">The value is an error.</exception>
    public ReadOnlyMemory<byte> AsBytes()
    {
        if (IsError) throw RedisReplyException.FromWire(_bytes);
        if (IsNull || RespSyntax.IsAggregate(Type)) ThrowUnexpected("a string");
        return _bytes;
    }

    /// <summary>The value beside key <paramref name="name"/>, in a map or in RESP2's flat array of pairs; null when there is none.</summary>
    public RespValue? Get(string name)
    {
        for (var index = 0; index + 1 < _items.Length; index += 2)
        {
            if (_items[index].Text == name) return _items[index + 1];
        }

        return null;
    }

    /// <summary>Readable form for messages and debuggers: <c>["a", 1, null]</c>.</summary>
    public override string ToString() => Type switch
    {
        RespType.Null => "null",
        RespType.Map => "{" + string.Join(", ", _items.Chunk(2).Select(pair => $"{pair[0]}: {pair[1]}")) + "}",
        _ when RespSyntax.IsAggregate(Type) => "[" + string.Join(", ", _items.Select(item => item.ToString())) + "]",
        RespType.BulkString or RespType.VerbatimString => $"\"{Text}\"",
        _ => Text ?? "",
    };

    private static RespValue Read(ref RespReader reader, int depth)
    {
        var type = reader.PeekType();
        if (RespSyntax.IsAggregate(type))
        {
            if (depth == DepthMax) throw new RespProtocolException($"The aggregate at offset {reader.Position} of the reply breaks the bound of {DepthMax} nested levels.", reader.Position);
            var items = new RespValue[reader.ReadAggregateHeader()];
            for (var index = 0; index < items.Length; index++) items[index] = Read(ref reader, depth + 1);
            return new RespValue(type, items: items);
        }

        if (reader.TryReadError(out var error)) return new RespValue(type, Encoding.UTF8.GetBytes(error.Message));
        return reader.TryReadString(out var bytes) ? new RespValue(type, bytes.ToArray()) : new RespValue(RespType.Null);
    }

    [DoesNotReturn]
    private void ThrowUnexpected(string expected) => throw new RespProtocolException($"Expected {expected} in the reply, found {Type}.");
}
