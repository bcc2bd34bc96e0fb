using System.Security.Cryptography;
using System.Text;
using Streamgauge.Views;

namespace Streamgauge.Serving;

/// <summary>The tag of an answer about a view, known before the answer is: everything its numbers depend on.</summary>
/// <remarks>Weak: <c>as_of</c> and its like move on without a new tag, and stand in headers beside it.</remarks>
internal static class ViewTag
{
    private const int TagBytes = 12;

    /// <param name="revision">Newest revision of the plan's buckets.</param>
    public static string Of(ViewsState state, ServedView view, QueryPlan plan, string queryText, AnswerFormat format, long revision, FreshnessFacts facts)
    {
        var period = plan.Period;
        var final = 0;
        for (var point = period.Points - 1; point >= 0; point--)
        {
            if (period.EndMs(point) > facts.Freshness.CompleteThroughMs) continue;
            final = point + 1;
            break;
        }

        var text = $"{state.Incarnation}|{state.CatalogVersion}|{view.Definition.Name}.{view.Generation}|{queryText}|{format}|{revision}|{plan.Tier.Name}|{period.FromMs}|{period.ToMs}|{final}|{facts.DegradedFor is not null}";
        return $"W/\"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, TagBytes))}\"";
    }
}
