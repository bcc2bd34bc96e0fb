using System.Globalization;
using System.Net;
using System.Text.Json;
using Xunit.Abstractions;

namespace Streamgauge.Tests.System;

/// <summary>Every answer equals what a loop over all events ever sent says, whatever happened while they were counted.</summary>
public class ViewOracleTests(ITestOutputHelper output)
{
    private const string SeedVariable = "STREAMGAUGE_ORACLE_SEED"; // repeats events and questions; what each kill hits still differs
    private const int Questions = 600;
    private const int PointsMax = 500;

    [Fact]
    public async Task Views_answer_as_a_naive_count_of_all_events_after_kills_redeliveries_and_a_rebuild()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable(SeedVariable), out var given) ? given : Random.Shared.Next();
        var random = new Random(seed);
        await using var drill = await OracleDrill.StartAsync(random);
        await drill.RunAsync();
        var found = new List<string>();
        var sent = drill.Sender.Sent;
        var comparison = new OracleComparison(sent);
        List<OracleView> views = [.. OracleViews.After.Where(view => view != OracleViews.Tight), .. OracleViews.BuiltIn];
        var tally = new Tally();
        var nowMs = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        foreach (var query in views.SelectMany(view => view.Tiers.Select(tier => OfTier(view, tier, nowMs)))) await CompareAsync(query);
        var queries = new RandomQueries(random, nowMs);
        for (var i = 0; i < Questions; i++) await CompareAsync(queries.Next(views[random.Next(views.Count)]));
        foreach (var tier in OracleViews.Tight.Tiers) found.AddRange(await OfTightAsync(drill, tier, nowMs));
        foreach (var view in views) Assert.True(await MissesOneAsync(drill, view, sent[random.Next(sent.Count)..]), $"{SeedVariable}={seed}: one event of {view.Name} less, and nobody noticed");
        using (var dropped = await drill.Api.GetAsync("/v1/views/dropped")) Assert.Equal(HttpStatusCode.NotFound, dropped.StatusCode);

        output.WriteLine($"{SeedVariable}={seed}: {sent.Count} events, {drill.Kills.Kills} kills, {drill.Kills.Bites} with entries in hand; {tally}; {comparison.Values:N0} values, {comparison.Uniques.Near} of {comparison.Uniques.All} estimates within a standard error");
        Assert.True(found.Count == 0, $"{SeedVariable}={seed}\n{string.Join('\n', found.Take(20))}");
        Assert.True(tally.Answered > Questions / 2 && tally.Refused > Questions / 50 && tally.Vague < Questions / 5, $"{SeedVariable}={seed}: the questions prove little: {tally}");
        Assert.True(drill.Kills.Bites > 0, $"{SeedVariable}={seed}: no kill hit entries in hand");
        Assert.True(comparison.Uniques.Near > comparison.Uniques.All * 2 / 3, $"{SeedVariable}={seed}: only {comparison.Uniques} estimates are within a standard error");

        async Task CompareAsync(OracleQuery query)
        {
            using var response = await drill.Api.GetAsync(query.ToPath());
            var body = await response.Content.ReadAsStringAsync();
            var asOf = response.Headers.TryGetValues("Streamgauge-As-Of", out var stamp) ? DateTimeOffset.Parse(stamp.Single(), CultureInfo.InvariantCulture) : DateTimeOffset.UtcNow;
            var plan = OraclePlan.Of(query, asOf.ToUnixTimeMilliseconds(), out var isVague);
            if (isVague)
            {
                tally.Vague++;
            }
            else if (plan.Tier is null)
            {
                tally.Refused++;
                if (response.StatusCode != HttpStatusCode.BadRequest || !body.Contains("unanswerable-query", StringComparison.Ordinal)) found.Add($"{query}: expected a refusal, was {(int)response.StatusCode} {body[..Math.Min(300, body.Length)]}");
            }
            else if (response.StatusCode != HttpStatusCode.OK)
            {
                found.Add($"{query}: {(int)response.StatusCode} {body}");
            }
            else
            {
                tally.Answered++;
                var told = ToldAnswer.Parse(query, body);
                found.AddRange(comparison.DifferencesOf(query, plan, told).Concat(OfHead(query, plan, told)).Select(difference => $"{query}: {difference}"));
            }
        }
    }

    // All measures and groups, bucket by bucket as they are stored.
    private static OracleQuery OfTier(OracleView view, OracleTier tier, long nowMs) => tier.EveryMs == 0
        ? new OracleQuery(view) { Step = "all" }
        : new OracleQuery(view) { Step = tier.Name, FromMs = FromMs(tier, nowMs), ToMs = nowMs };

    private static long FromMs(OracleTier tier, long nowMs) => nowMs - Math.Min(PointsMax * tier.EveryMs, Math.Min(Lengths.Ms(tier.Retain), Lengths.Ms("450d")) * 9 / 10);

    private static async Task<List<string>> OfTightAsync(OracleDrill drill, OracleTier tier, long nowMs)
    {
        var query = OfTier(OracleViews.Tight, tier, nowMs);
        return TightCheck.DifferencesOf(query.View, tier, drill.Sender.Sent, await drill.Api.GetJsonAsync(query.ToPath()));
    }

    // The comparison itself: of the events from some on, one that is in the view is left out.
    private static async Task<bool> MissesOneAsync(OracleDrill drill, OracleView view, List<OracleEvent> some)
    {
        var query = OfTier(view, view.Tiers[^1], DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
        var plan = OraclePlan.Of(query, query.ToMs ?? 0, out _);
        var one = some.Concat(drill.Sender.Sent).First(one => view.Passes(one) && plan.Tier!.Takes(one) && plan.Range.Holds(one.TsMs));
        var told = ToldAnswer.Parse(query, (await drill.Api.GetJsonAsync(query.ToPath())).GetRawText());
        return new OracleComparison([.. drill.Sender.Sent.Where(other => !ReferenceEquals(one, other))]).DifferencesOf(query, plan, told).Count > 0;
    }

    // What stands around the numbers.
    private static IEnumerable<string> OfHead(OracleQuery query, OraclePlan plan, ToldAnswer told)
    {
        if (told.Json is not { } json) yield break;
        var completeMs = json.GetProperty("complete_through").GetDateTimeOffset().ToUnixTimeMilliseconds();
        foreach (var point in told.Points.Where(point => point.IsFinal != point.EndMs <= completeMs)) yield return $"final of {point.StartMs} is {point.IsFinal}";
        if (json.GetProperty("tier").GetString() != plan.Tier!.Name) yield return $"tier is {json.GetProperty("tier")}, expected {plan.Tier.Name}";
        if (plan.Tier.EveryMs > 0 && Ms(json, "from") != plan.Range.StartMs) yield return $"from is {json.GetProperty("from")}";
        if (plan.Tier.EveryMs > 0 && Ms(json, "to") != plan.Range.EndMs) yield return $"to is {json.GetProperty("to")}";
        if (query.Compare && Ms(json.GetProperty("compare"), "from") != plan.PreviousRange.StartMs) yield return "compare begins elsewhere";
        if (json.GetProperty("hidden_groups").GetInt64() != 0) yield return "groups are hidden";
        if (json.GetProperty("degraded").GetBoolean() || json.GetProperty("lag_seconds").GetDecimal() != 0) yield return "it is not current";
    }

    private static long Ms(JsonElement json, string name) => json.GetProperty(name).GetDateTimeOffset().ToUnixTimeMilliseconds();

    private sealed class Tally
    {
        public int Answered { get; set; }

        public int Refused { get; set; }

        public int Vague { get; set; }

        public override string ToString() => $"{Answered} answered, {Refused} refused, {Vague} on the verge of being forgotten";
    }
}
