using System.Globalization;

namespace Streamgauge.Streams;

/// <summary>What the books say was lost, refused or set aside.</summary>
internal static class BooksChecks
{
    private const int LettersLookedAt = 100;
    private const long LettersMax = 100_000;
    private static readonly TimeSpan Recent = TimeSpan.FromHours(1);

    public static async Task<Finding> LostAsync(Examination server, CancellationToken cancellationToken)
    {
        var lost = Examination.Number(await server.BookAsync("lost", cancellationToken));
        return lost == 0
            ? Finding.Ok("nothing was lost")
            : Finding.Warn($"{Measures.Count(lost)} entries were trimmed or deleted before they were counted", "Their events are in no counter. Send them again from their source if it still has them; the balance shows what else is missing:", server.Repair.Streamgauge("verify"));
    }

    public static async Task<Finding> RefusedAsync(Examination server, CancellationToken cancellationToken)
    {
        var refused = Examination.Number(await server.BookAsync("refused_below_floor", cancellationToken));
        return Finding.Ok(refused == 0 ? "nothing came a second time" : $"{Measures.Count(refused)} entries came a second time and were not counted again");
    }

    public static async Task<Finding> ResidueAsync(Examination server, CancellationToken cancellationToken)
    {
        var residue = Examination.Number(await server.BookAsync("residue", cancellationToken));
        return residue == 0
            ? Finding.Ok("every increment found its counter")
            : Finding.Warn($"{Measures.Count(residue)} increments found no number or no room", "Somebody wrote to our keys, or a sum has left 64 bits: that counter is too low. Which one:", server.Repair.Streamgauge("verify"));
    }

    public static async Task<Finding> DeadLettersAsync(Examination server, CancellationToken cancellationToken)
    {
        var count = (await server.ExecuteAsync(["XLEN", server.Keys.Dead], cancellationToken)).AsInteger();
        if (count == 0) return Finding.Ok("none");
        var since = await RetainedStream.ReadClockAsync(await server.ConnectAsync(cancellationToken), cancellationToken) - Recent;
        var newest = await server.ExecuteAsync(
            ["XREVRANGE", server.Keys.Dead, "+", since.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture), "COUNT", LettersLookedAt.ToString(CultureInfo.InvariantCulture)], cancellationToken);
        var kept = count >= LettersMax ? ", as many as are kept" : "";
        if (newest.Items.Count == 0) return Finding.Ok($"{Measures.Count(count)}{kept}, none in the last hour");
        var reason = newest.Items.GroupBy(letter => letter[1].Get("reason")?.Text ?? "unknown", StringComparer.Ordinal).MaxBy(letters => letters.Count())!;
        var more = newest.Items.Count == LettersLookedAt ? " or more" : "";
        return Finding.Warn(
            $"{Measures.Count(count)}{kept}, {newest.Items.Count}{more} in the last hour, mostly {reason.Key}",
            "These events are in no counter. docs/architecture.md says what each reason means; the newest show who sends them:", server.Repair.Redis("XREVRANGE", server.Keys.Dead, "+", "-", "COUNT", "3"));
    }
}
