using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Streamgauge.Events;
using Streamgauge.Resp;
using Streamgauge.Streams;
using Streamgauge.Views;

namespace Streamgauge.Serving;

/// <summary><c>GET /v1/sessions/{view}</c>: what a view of sessions tells, or the sessions of one id.</summary>
internal static class SessionsApi
{
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    public static void Map(IEndpointRouteBuilder routes) => routes.MapMethods("/sessions/{view}", Methods, GetAsync);

    private static async Task GetAsync(HttpContext context)
    {
        var query = new QueryReader(context.Request.Query, "id");
        var id = query.Text("id");
        if (id?.Length > EventLimits.NameBytesMax) query.Refuse("id", $"a text of 1 to {EventLimits.NameBytesMax} characters");
        var name = (string?)context.GetRouteValue("view") ?? "";
        var problem = query.Problem;
        ServedView? view = null;
        if (problem is null && context.RequestServices.GetRequiredService<ViewAnswers>().TryFind(name, out _, out view, out problem) && view!.Definition.Sessions is null) problem = ViewProblems.NotOfSessions(name);
        if (problem is not null)
        {
            await context.WriteProblemAsync(problem);
            return;
        }

        var options = context.RequestServices.GetRequiredService<IOptions<ServingOptions>>().Value;
        var group = new StreamGroup(new StreamKeys(options.Stream), options.Group);
        var reader = new SessionViewReader(group.Keys, new CatalogView(view!.Definition, view.Generation, view.State, view.SinceMs));
        var (outcome, body) = await context.RequestServices.GetRequiredService<ReadThrough>().RunAsync(connection => ReadAsync(connection, group, reader, name, id));
        if (outcome == ReadOutcome.Done) await context.WriteUncachedAsync(body);
        else await context.WriteProblemAsync(outcome == ReadOutcome.Busy ? Problem.TooManyReads : Problem.RedisAway);
    }

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(RespConnection connection, StreamGroup group, SessionViewReader reader, string name, string? id)
    {
        var status = await group.StatusAsync(connection, CancellationToken.None);
        var totals = await reader.ReadAsync(connection, CancellationToken.None);
        var output = new ArrayBufferWriter<byte>();
        await using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteString("view", name);
        json.WriteFreshness(status);
        json.WriteNumber("revision", totals.Revision);
        json.WriteNumber("gap_seconds", (long)totals.Gap.TotalSeconds);
        json.WriteNumber("retain_seconds", (long)totals.Retain.TotalSeconds);
        if (id is null) WriteTotals(json, totals);
        else WriteSessions(json, id, await reader.ReadSessionAsync(connection, id, CancellationToken.None), totals);
        json.WriteEndObject();
        await json.FlushAsync();
        return output.WrittenMemory;
    }

    private static void WriteTotals(Utf8JsonWriter json, SessionTotals totals)
    {
        json.WriteNumber("live", totals.Live);
        json.WriteNumber("sessions", totals.Sessions);
        json.WriteNumber("events", totals.Events);
        json.WriteNumber("average_duration_seconds", (decimal)totals.AverageDuration.TotalSeconds);
        WriteHistogram(json, "durations", "seconds_max", SessionTotals.DurationBounds.Select(bound => (long)bound.TotalSeconds), totals.Durations);
        WriteHistogram(json, "events_per_session", "events_max", SessionTotals.EventCountBounds.Select(bound => (long)bound), totals.EventCounts);
        WriteTypes(json, "entries", totals.Entries);
        WriteTypes(json, "exits", totals.Exits);
        json.WriteNumber("other_events", totals.OtherEvents);
        json.WriteNumber("hidden_ids", totals.HiddenIds);
    }

    // The last bucket has no bound.
    private static void WriteHistogram(Utf8JsonWriter json, string name, string boundName, IEnumerable<long> bounds, IReadOnlyList<long> counts)
    {
        json.WriteStartArray(name);
        foreach (var (count, bound) in counts.Zip(bounds.Select(bound => (long?)bound).Append(null)))
        {
            json.WriteStartObject();
            if (bound is { } known) json.WriteNumber(boundName, known);
            else json.WriteNull(boundName);
            json.WriteNumber("sessions", count);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteTypes(Utf8JsonWriter json, string name, IReadOnlyList<SessionType> types)
    {
        json.WriteStartArray(name);
        foreach (var type in types)
        {
            json.WriteStartObject();
            json.WriteString("event_type", type.Name);
            json.WriteNumber("sessions", type.Sessions);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteSessions(Utf8JsonWriter json, string id, IReadOnlyList<SessionOfId> sessions, SessionTotals totals)
    {
        json.WriteString("id", id);
        json.WriteStartArray("items");
        foreach (var session in sessions)
        {
            json.WriteStartObject();
            json.WriteString("start", AnswerTime.Text(session.Start.ToUnixTimeMilliseconds()));
            json.WriteString("end", AnswerTime.Text(session.End.ToUnixTimeMilliseconds()));
            json.WriteNumber("duration_seconds", (decimal)session.Duration.TotalSeconds);
            json.WriteNumber("events", session.Events);
            json.WriteString("entry", session.Entry);
            json.WriteString("exit", session.Exit);
            json.WriteBoolean("live", session.IsLive(totals.Now, totals.Gap));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
