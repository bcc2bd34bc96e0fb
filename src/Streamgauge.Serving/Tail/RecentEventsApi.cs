using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Streamgauge.Streams;

namespace Streamgauge.Serving;

/// <summary><c>GET /v1/events/recent</c>: what is arriving, event by event.</summary>
internal static class RecentEventsApi
{
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];
    private static readonly TailLimits Limits = new();

    public static void Map(IEndpointRouteBuilder routes) => routes.MapMethods("/events/recent", Methods, GetRecentAsync);

    private static async Task GetRecentAsync(HttpContext context)
    {
        if (!RecentEventsQuery.TryRead(context.Request.Query, out var query, out var problem))
        {
            await context.WriteProblemAsync(problem!);
            return;
        }

        var options = context.RequestServices.GetRequiredService<IOptions<ServingOptions>>().Value;
        var keys = new StreamKeys(options.Stream);
        var reader = new RecentEventsReader(keys, Limits);
        var reads = context.RequestServices.GetRequiredService<ReadThrough>();
        var (outcome, body) = await reads.RunAsync(async connection =>
        {
            var group = await new StreamGroup(keys, options.Group).StatusAsync(connection, CancellationToken.None);
            return Json(group, await reader.ReadAsync(connection, query.Where, query.Limit, CancellationToken.None));
        });
        if (outcome == ReadOutcome.Done) await context.WriteUncachedAsync(body);
        else await context.WriteProblemAsync(outcome == ReadOutcome.Busy ? Problem.TooManyReads : Problem.RedisAway);
    }

    private static ReadOnlyMemory<byte> Json(GroupStatus group, RecentEvents events)
    {
        var output = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteFreshness(group);
        json.WriteNumber("count", events.Items.Count);
        json.WriteStartArray("items");
        foreach (var item in events.Items) item.WriteTo(json);
        json.WriteEndArray();
        json.WriteNumber("scanned_entries", events.ScannedEntries);
        json.WriteNumber("faulty_events", events.FaultyEvents);
        json.WriteBoolean("complete", events.IsComplete);
        json.WriteEndObject();
        json.Flush();
        return output.WrittenMemory;
    }
}
