using Streamgauge.TestKit;

namespace Streamgauge.Tests.System;

/// <summary>One row of <c>docs/telemetry.md</c>.</summary>
/// <param name="Section">Heading of its table: the role that owns it.</param>
/// <param name="Unit">Empty when it has none.</param>
internal sealed record TelemetryRow(string Section, string Name, string Type, string Unit, IReadOnlyList<string> Labels)
{
    public static IReadOnlyList<TelemetryRow> ReadAll()
    {
        var rows = new List<TelemetryRow>();
        var section = "";
        foreach (var line in File.ReadLines(Path.Combine(RepositoryRoot.Find(), "docs/telemetry.md")))
        {
            if (line.StartsWith('#')) section = line.TrimStart('#', ' ');
            var cells = line.Split('|', StringSplitOptions.TrimEntries);
            if (cells is not ["", ['`', .., '`'], "counter" or "gauge" or "histogram" or "untyped", _, _, ..]) continue;
            rows.Add(new TelemetryRow(section, cells[1].Trim('`'), cells[2], cells[3].Trim('–'), [.. cells[4].Split(',', StringSplitOptions.TrimEntries).Select(label => label.Trim('`', '–')).Where(label => label.Length > 0)]));
        }

        return rows;
    }
}
