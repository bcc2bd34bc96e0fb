using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Streamgauge.Views;

namespace Streamgauge.Serving;

/// <summary>How fresh an answer about a view is, and whether Redis is away.</summary>
/// <param name="DegradedFor">Age of the numbers when Redis cannot be read, else null.</param>
internal readonly record struct FreshnessFacts(Freshness Freshness, TimeSpan? DegradedFor)
{
    public static FreshnessFacts Of(ViewsState state, ServedView view, TimeSpan? degradedFor) => new(
        new Freshness(
            state.Group.Now.ToUnixTimeMilliseconds(), state.Group.CompleteThrough.ToUnixTimeMilliseconds(), state.Group.Lag.TotalSeconds, state.Commits, view.SinceMs),
        degradedFor);

    public void WriteTo(Utf8JsonWriter json)
    {
        json.WriteString("as_of", AnswerTime.Utf8(Freshness.AsOfMs));
        json.WriteString("complete_through", AnswerTime.Utf8(Freshness.CompleteThroughMs));
        json.WriteNumber("lag_seconds", LagSeconds);
        json.WriteBoolean("degraded", DegradedFor is not null);
        if (DegradedFor is { } age) json.WriteNumber("age_seconds", Answers.Seconds(age));
        json.WriteNumber("revision", Freshness.Revision);
        if (Freshness.SinceMs > 0) json.WriteString("since", AnswerTime.Utf8(Freshness.SinceMs));
    }

    /// <summary>The same in headers, for answers whose body has no place for it and for those without a body.</summary>
    public void WriteTo(IHeaderDictionary headers)
    {
        headers["Streamgauge-As-Of"] = AnswerTime.Text(Freshness.AsOfMs);
        headers["Streamgauge-Complete-Through"] = AnswerTime.Text(Freshness.CompleteThroughMs);
        headers["Streamgauge-Degraded"] = DegradedFor is null ? "false" : "true";
        headers["Streamgauge-Revision"] = Freshness.Revision.ToString();
    }

    private decimal LagSeconds => Math.Round((decimal)Freshness.LagSeconds, 3);
}
