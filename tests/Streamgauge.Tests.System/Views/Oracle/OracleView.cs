using System.Text.Json.Nodes;

namespace Streamgauge.Tests.System;

/// <summary>A view as the oracle understands it: the declaration's text beside functions that say the same.</summary>
internal sealed record OracleView
{
    public required string Name { get; init; }

    public string? Description { get; init; }

    public string? Filter { get; init; }

    /// <summary>What <see cref="Filter"/> says.</summary>
    public Func<OracleEvent, bool> Passes { get; init; } = _ => true;

    public IReadOnlyList<string> GroupBy { get; init; } = [];

    public IReadOnlyList<string> Measures { get; init; } = ["count"];

    /// <summary>Finest first.</summary>
    public IReadOnlyList<OracleTier> Tiers { get; init; } = [OracleTier.All];

    public int Limit { get; init; } = 1_000;

    /// <summary>Whether it counts without being declared.</summary>
    public bool IsBuiltIn { get; init; }

    public bool HasAllTime => Tiers[^1].EveryMs == 0;

    /// <summary>As it is declared.</summary>
    public JsonObject ToJson() => new()
    {
        ["name"] = Name,
        ["description"] = Description ?? "",
        ["filter"] = Filter ?? "exists(event_type)",
        ["group_by"] = new JsonArray([.. GroupBy.Select(field => JsonValue.Create(field))]),
        ["measures"] = new JsonArray([.. Measures.Select(measure => JsonValue.Create(measure))]),
        ["window"] = new JsonArray([.. Tiers.Select(tier => JsonValue.Create(tier.Name))]),
        ["retain"] = new JsonObject(Tiers.Where(tier => tier.EveryMs > 0).Select(tier => KeyValuePair.Create(tier.Name, (JsonNode?)JsonValue.Create(tier.Retain)))),
        ["limit"] = Limit,
    };
}

/// <summary>A resolution of a view; <see cref="EveryMs"/> is 0 for all time.</summary>
internal sealed record OracleTier(string Name, string Retain)
{
    public static readonly OracleTier All = new("all", "");

    public long EveryMs { get; } = Name == "all" ? 0 : Lengths.Ms(Name);

    /// <summary>When the bucket of a time is forgotten.</summary>
    public long ForgottenMs(long ms) => EveryMs == 0 ? long.MaxValue : ms - (ms % EveryMs) + EveryMs + Lengths.Ms(Retain);

    /// <summary>Whether an event is counted here: not when it came after its bucket was forgotten.</summary>
    public bool Takes(OracleEvent one) => ForgottenMs(one.TsMs) > one.ArrivalMs;
}

/// <summary>Lengths as they are written.</summary>
internal static class Lengths
{
    public static long Ms(string text) => long.Parse(text.AsSpan(0, text.Length - 1)) * text[^1] switch { 's' => 1_000, 'm' => 60_000, 'h' => 3_600_000, _ => 86_400_000 };
}
