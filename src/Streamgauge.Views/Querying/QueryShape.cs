using System.Diagnostics.CodeAnalysis;

namespace Streamgauge.Views;

/// <summary>The part of a query that does not depend on time: groups, measures, order.</summary>
internal sealed record QueryShape(IReadOnlyList<string> GroupBy, IReadOnlyList<Measure> Measures, Measure OrderBy, int OrderPart)
{
    public static bool TryCreate(ViewDefinition view, ViewQuery query, [NotNullWhen(true)] out QueryShape? shape, [NotNullWhen(false)] out QueryFault? fault)
    {
        shape = null;
        fault = FaultOfGroups(view, query);
        if (fault is not null) return false;
        var measures = new List<Measure>();
        foreach (var name in query.Measures ?? [.. view.Measures.Select(measure => measure.Name)])
        {
            var measure = view.Measures.FirstOrDefault(measure => IsMeant(measure, name));
            if (measure is null) fault = new QueryFault("measures", $"view \"{view.Name}\" does not measure \"{name}\"; it has {Names(view)}");
            else if (!measures.Contains(measure)) measures.Add(measure);
        }

        if (fault is null && measures.Count == 0) fault = new QueryFault("measures", $"no measure is asked for; view \"{view.Name}\" has {Names(view)}");
        if (fault is not null) return false;
        if (!TryOrder(view, (query.Order ?? QueryOrder.Default).By, out var orderBy, out var part))
        {
            fault = new QueryFault("order", $"view \"{view.Name}\" cannot be ordered by \"{query.Order!.By}\"; it can by count, {string.Join(", ", Orders(view))}");
            return false;
        }

        shape = new QueryShape(query.GroupBy ?? view.GroupBy, measures, orderBy, part);
        return true;
    }

    private static QueryFault? FaultOfGroups(ViewDefinition view, ViewQuery query)
    {
        var fields = view.GroupBy.Count == 0 ? "it has no groups" : $"its groups are by {string.Join(", ", view.GroupBy)}";
        if (query.GroupBy?.FirstOrDefault(field => !view.GroupBy.Contains(field)) is { } unknown)
            return new QueryFault("group", $"view \"{view.Name}\" is not grouped by \"{unknown}\"; {fields}");
        if (query.GroupBy is { } asked && asked.Distinct().Count() < asked.Count) return new QueryFault("group", "a field is named twice");
        if (query.Where?.Fields.FirstOrDefault(field => !view.GroupBy.Contains(field)) is { } hidden)
            return FaultOfWhere(view, hidden);
        return query.Top is < 1 ? new QueryFault("top", $"top is {query.Top}; ask for 1 or more, or leave it out for all groups") : null;
    }

    public static QueryFault FaultOfWhere(ViewDefinition view, string field)
    {
        var fields = view.GroupBy.Count == 0 ? "it has no groups" : $"its groups are by {string.Join(", ", view.GroupBy)}";
        return new QueryFault("where", $"view \"{view.Name}\" does not keep \"{field}\" apart, so it cannot be filtered by it; {fields}");
    }

    private static bool TryOrder(ViewDefinition view, string by, [NotNullWhen(true)] out Measure? measure, out int part)
    {
        part = 0;
        measure = by == "count" ? Measure.Count : view.Measures.FirstOrDefault(measure => IsMeant(measure, by) && measure.Kind != MeasureKind.Quantiles);
        if (measure is not null) return true;
        foreach (var quantiles in view.Measures.Where(measure => measure.Kind == MeasureKind.Quantiles))
        {
            for (part = 0; part < MeasureValues.QuantileNames.Count; part++)
            {
                measure = quantiles;
                if (by == $"{MeasureValues.QuantileNames[part]}({quantiles.Field})") return true;
            }
        }

        measure = null;
        return false;
    }

    // As it is declared: a measure without a field is that of the value.
    private static bool IsMeant(Measure measure, string name) => measure.Name == name || measure.Name == $"{name}(value)";

    private static IEnumerable<string> Orders(ViewDefinition view) => view.Measures.Where(measure => measure.Kind != MeasureKind.Count)
        .SelectMany(measure => measure.Kind == MeasureKind.Quantiles ? MeasureValues.QuantileNames.Select(name => $"{name}({measure.Field})") : [measure.Name]);

    private static string Names(ViewDefinition view) => string.Join(", ", view.Measures.Select(measure => measure.Name));
}
