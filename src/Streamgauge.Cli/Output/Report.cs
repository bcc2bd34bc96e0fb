using System.Text.Json;
using System.Text.Json.Nodes;

namespace Streamgauge.Cli;

/// <summary>A result in the order it is said: printed as aligned lines for people, or as one JSON object.</summary>
internal sealed class Report
{
    private readonly List<(string Name, string Label, string Text, JsonNode? Value)> _rows = [];

    public Report Add(string name, string label, string text, JsonNode? value)
    {
        _rows.Add((name, label, text, value));
        return this;
    }

    public Report Add(string name, string label, long value) => Add(name, label, value.ToString("N0"), JsonValue.Create(value));

    public Report Add(string name, string label, decimal value) => Add(name, label, value.ToString("#,##0.######"), JsonValue.Create(value));

    public Report Add(string name, string label, string value) => Add(name, label, value, JsonValue.Create(value));

    public void Write(TextWriter output, OutputFormat format)
    {
        if (format == OutputFormat.Json)
        {
            var document = new JsonObject();
            foreach (var (name, _, _, value) in _rows) document[name] = value;
            output.WriteLine(document.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
            return;
        }

        var width = _rows.Max(row => row.Label.Length);
        foreach (var (_, label, text, _) in _rows) output.WriteLine($"{label.PadRight(width)}  {text}");
    }
}
