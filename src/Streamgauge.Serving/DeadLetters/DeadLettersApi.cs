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
    public const int LookedAtMax = 1_000;
    private const long BytesMax = 4 * 1024 * 1024; // read from Redis for one answer; a letter beyond comes without its fields
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
        var newest = new List<StoredDeadLetter>();
        await foreach (var letter in letters.ReadNewestAsync(CancellationToken.None))
        {
            newest.Add(letter);
            if (newest.Count == LookedAtMax) break;
        }

        var reasons = await DeadLetterSummary.ByReasonAsync(Enumerable.Reverse(newest).ToAsyncEnumerable());
        var items = new List<DeadLetterItem>();
        var bytesLeft = BytesMax;
        foreach (var letter in newest.Where(letter => reason is null || letter.Reason == reason).Take(limit))
        {
            if (letter.Bytes > bytesLeft)
            {
                items.Add(DeadLetterItem.Of(letter));
                continue;
            }

            bytesLeft -= letter.Bytes;
            if (await letters.FindAsync(letter.Id, CancellationToken.None) is { } whole) items.Add(DeadLetterItem.Of(whole)); // it may have been retried just now
        }

        return new DeadLettersAnswer(
            time.GetUtcNow(), stored, newest.Count,
            [.. reasons.Select(summary => new DeadLetterReason(summary.Reason, summary.Count, summary.Retried, DeadLetterItem.TimeOf(summary.Oldest!), DeadLetterItem.TimeOf(summary.Newest!)))],
            items);
    }
}
