using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Streamgauge.Resp;
using Streamgauge.Streams;

namespace Streamgauge.Serving;

/// <summary><c>GET /v1/dead-letters</c>: what could not be counted, by reason. Retrying and dropping is for <c>streamgauge dlq</c>.</summary>
internal static class DeadLettersApi
{
    public const int LimitDefault = 20;
    public const int LimitMax = 100;
    private const int LookedAtMax = 1_000;
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    public static void Map(IEndpointRouteBuilder routes) => routes.MapMethods("/dead-letters", Methods, GetAsync);

    private static async Task GetAsync(HttpContext context)
    {
        var query = new QueryReader(context.Request.Query, "reason", "limit");
        var reason = query.Text("reason");
        var limit = query.Number("limit", LimitDefault, 0, LimitMax);
        if (query.Problem is { } problem)
        {
            await context.WriteProblemAsync(problem);
            return;
        }

        var time = context.RequestServices.GetRequiredService<TimeProvider>();
        var keys = new StreamKeys(context.RequestServices.GetRequiredService<IOptions<ServingOptions>>().Value.Stream);
        var (outcome, answer) = await context.RequestServices.GetRequiredService<ReadThrough>().RunAsync(connection => ReadAsync(connection, keys, reason, limit, time));
        if (outcome == ReadOutcome.Done) await context.WriteUncachedAsync(JsonSerializer.SerializeToUtf8Bytes(answer!, ServingJson.Default.DeadLettersAnswer));
        else await context.WriteProblemAsync(outcome == ReadOutcome.Busy ? Problem.TooManyReads : Problem.RedisAway);
    }

    private static async Task<DeadLettersAnswer> ReadAsync(RespConnection connection, StreamKeys keys, string? reason, int limit, TimeProvider time)
    {
        var letters = new DeadLetterStream(connection, keys);
        var stored = (await letters.ReadStatusAsync(CancellationToken.None)).Stored;
        var reasons = new Dictionary<string, DeadLetterSummary>(StringComparer.Ordinal);
        var chosen = new List<StreamEntryId>();
        var lookedAt = 0;
        await foreach (var letter in letters.ReadAsync(withFields: false, CancellationToken.None))
        {
            if (lookedAt++ == LookedAtMax) break;
            if (!reasons.TryGetValue(letter.Reason, out var summary)) reasons.Add(letter.Reason, summary = new DeadLetterSummary(letter.Reason));
            summary.Add(letter);
            if (chosen.Count < limit && (reason is null || letter.Reason == reason)) chosen.Add(letter.Id);
        }

        var items = new List<DeadLetterItem>();
        foreach (var id in chosen)
        {
            if (await letters.FindAsync(id, CancellationToken.None) is { } letter) items.Add(DeadLetterItem.Of(letter)); // it may have been retried just now
        }

        return new DeadLettersAnswer(
            time.GetUtcNow(), stored, Math.Min(lookedAt, LookedAtMax),
            [.. reasons.Values.OrderByDescending(summary => summary.Count).ThenBy(summary => summary.Reason, StringComparer.Ordinal)
                .Select(summary => new DeadLetterReason(summary.Reason, summary.Count, summary.Retried, DeadLetterItem.TimeOf(summary.Oldest!), DeadLetterItem.TimeOf(summary.Newest!)))],
            items);
    }
}
