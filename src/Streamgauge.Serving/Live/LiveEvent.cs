using System.Buffers;
using System.Text;
using System.Text.Json;
using Streamgauge.Views;

namespace Streamgauge.Serving;

/// <summary>Events as they go over the wire: <c>event</c>, <c>id</c> and one line of <c>data</c>.</summary>
internal static class LiveEvent
{
    public const string Snapshot = "snapshot";
    public const string Delta = "delta";
    public const string Problem = "problem";
    public static readonly string[] Kinds = [Snapshot, Delta, Problem];

    /// <summary>A comment, which clients pass over.</summary>
    public static readonly byte[] Heartbeat = Encoding.UTF8.GetBytes(":\n\n");

    /// <summary>A whole answer, or the points of it that changed.</summary>
    /// <param name="points">Null for a snapshot.</param>
    public static async Task<ReadOnlyMemory<byte>> OfAsync(ViewAnswer answer, FreshnessFacts facts, LivePosition position, int[]? points)
    {
        var output = Begin(points is null ? Snapshot : Delta, position.ToString());
        await using (var json = new Utf8JsonWriter(output)) await ViewAnswerJson.WriteAsync(json, answer, facts, points, flush: null);
        output.Write("\n\n"u8);
        return output.WrittenMemory;
    }

    /// <summary>How the pipeline is doing, with the points the client has not got.</summary>
    public static ReadOnlyMemory<byte> Of(string kind, PipelinePosition position, PipelineAnswer answer)
    {
        var output = Begin(kind, position.ToString());
        using (var json = new Utf8JsonWriter(output)) JsonSerializer.Serialize(json, answer, ServingJson.Default.PipelineAnswer);
        output.Write("\n\n"u8);
        return output.WrittenMemory;
    }

    /// <summary>Why there will be no further events.</summary>
    public static ReadOnlyMemory<byte> Of(Problem problem, string instance, string traceId)
    {
        var output = Begin(Problem, id: null);
        using (var json = new Utf8JsonWriter(output)) JsonSerializer.Serialize(json, ProblemAnswer.Of(problem, instance, traceId), ServingJson.Default.ProblemAnswer);
        output.Write("\n\n"u8);
        return output.WrittenMemory;
    }

    private static ArrayBufferWriter<byte> Begin(string kind, string? id)
    {
        var output = new ArrayBufferWriter<byte>(1024);
        Encoding.UTF8.GetBytes(id is null ? $"event: {kind}\ndata: " : $"event: {kind}\nid: {id}\ndata: ", output);
        return output;
    }
}
