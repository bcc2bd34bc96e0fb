using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Streamgauge.Serving;

/// <summary>An answer as bytes, and the tag that stands for exactly these bytes.</summary>
internal sealed record AnswerBody(ReadOnlyMemory<byte> Utf8, string ETag)
{
    private const int TagBytes = 12; // 96 bits: no two bodies of one URL meet

    public static AnswerBody Of(AggregatesAnswer answer) => Of(answer, ServingJson.Default.AggregatesAnswer);

    public static AnswerBody Of(SummaryAnswer answer) => Of(answer, ServingJson.Default.SummaryAnswer);

    public static AnswerBody Of(SessionAnswer answer) => Of(answer, ServingJson.Default.SessionAnswer);

    private static AnswerBody Of<T>(T answer, JsonTypeInfo<T> type)
    {
        return Of(JsonSerializer.SerializeToUtf8Bytes(answer, type));
    }

    public static AnswerBody Of(ReadOnlyMemory<byte> utf8) => new(utf8, $"\"{Convert.ToHexStringLower(SHA256.HashData(utf8.Span).AsSpan(0, TagBytes))}\"");
}
