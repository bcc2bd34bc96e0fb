namespace Streamgauge.Tests.System.Tracing;

/// <summary>One span as a collector gets it.</summary>
/// <param name="ParentId">Empty for the first of a trace.</param>
/// <param name="Kind">2 server, 3 client, 4 producer, 5 consumer.</param>
/// <param name="IsError">Whether its status says so.</param>
internal sealed record OtlpSpan(
    string TraceId, string SpanId, string ParentId, string Name, ulong Kind, ulong StartNs, ulong EndNs, bool IsError,
    IReadOnlyDictionary<string, string> Attributes, IReadOnlyList<(string TraceId, string SpanId)> Links, IReadOnlyDictionary<string, string> Resource)
{
    /// <summary>Takes an <c>ExportTraceServiceRequest</c> apart.</summary>
    public static IEnumerable<OtlpSpan> ReadAll(byte[] request) =>
        from ofResource in new ProtobufFields(request).Messages(1)
        let resource = ReadAttributes(ofResource.Messages(1).Single(), 1)
        from ofScope in ofResource.Messages(2)
        from span in ofScope.Messages(2)
        select new OtlpSpan(
            span.Hex(1), span.Hex(2), span.Hex(4), span.Text(5), span.Number(6), span.Number(7), span.Number(8), span.Messages(15).Any(status => status.Number(3) == 2),
            ReadAttributes(span, 9), [.. span.Messages(13).Select(link => (link.Hex(1), link.Hex(2)))], resource);

    private static Dictionary<string, string> ReadAttributes(ProtobufFields owner, int number) =>
        owner.Messages(number).ToDictionary(pair => pair.Text(1), pair => Value(pair.Messages(2).Single()), StringComparer.Ordinal);

    private static string Value(ProtobufFields value) => value.Has(1) ? value.Text(1) : value.Number(3).ToString();
}
