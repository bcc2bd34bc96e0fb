using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Streamgauge.Resp;

namespace Streamgauge.Streams;

/// <summary>Reports of processors, one key for each, which expires when its processor no longer writes it.</summary>
public sealed class ProcessorReports(StreamKeys keys)
{
    /// <summary>How long a report outlives its processor.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromMinutes(1);

    private const int ReadAtOnceMax = 256; // consumers; a page of more would show nobody anything

    /// <summary>Writes a report in place of the last one, also while Redis is full: that is when somebody looks.</summary>
    /// <exception cref="RedisException">It was not written; nothing depends on it.</exception>
    public async Task WriteAsync(RespConnection connection, ProcessorReport report, CancellationToken cancellationToken)
    {
        var json = JsonSerializer.Serialize(report, ReportJson.Default.ProcessorReport);
        await connection.ExecuteAsync(["FCALL", "sg_report_v1", "1", keys.ProcessorReport(report.Consumer), json, Kept.TotalMilliseconds.ToString(CultureInfo.InvariantCulture)], cancellationToken);
    }

    /// <summary>The reports there are of these consumers, by name. One that cannot be read, such as a later version's or what somebody else wrote there, is left out.</summary>
    public async Task<IReadOnlyDictionary<string, ProcessorReport>> ReadAsync(RespConnection connection, IEnumerable<string> consumers, CancellationToken cancellationToken)
    {
        var reads = consumers.Take(ReadAtOnceMax).Select(consumer => (Consumer: consumer, Reply: connection.ExecuteAsync(["GET", keys.ProcessorReport(consumer)], cancellationToken))).ToList();
        var reports = new Dictionary<string, ProcessorReport>(StringComparer.Ordinal);
        foreach (var (consumer, reply) in reads)
        {
            if (await TextAsync(reply) is { } json && TryRead(json) is { } report) reports[consumer] = report;
        }

        return reports;
    }

    private static async Task<string?> TextAsync(Task<RespValue> reply)
    {
        try
        {
            return (await reply).Text;
        }
        catch (RedisReplyException e) when (e.Code == "WRONGTYPE")
        {
            return null;
        }
    }

    private static ProcessorReport? TryRead(string json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, ReportJson.Default.ProcessorReport) is { IsSound: true } report ? report : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(ProcessorReport))]
internal sealed partial class ReportJson : JsonSerializerContext;
