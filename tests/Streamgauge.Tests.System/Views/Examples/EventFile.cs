using System.Globalization;
using System.Text;

namespace Streamgauge.Tests.System;

/// <summary>A generated file of events, the same for the same seed but for the moment it ends at.</summary>
/// <remarks>One JSON object per line, without spaces; no value holds a comma, a quote or a brace, so that awk can read it.</remarks>
internal sealed class EventFile(int seed, long endMs) : IDisposable
{
    private readonly StringBuilder _lines = new();
    private readonly string _path = Path.Combine(Directory.CreateTempSubdirectory("sg-example-").FullName, "events.ndjson");

    /// <summary>Awk that reads the lines. A field is text: one that is compared as a number needs <c>+ 0</c>.</summary>
    public const string Reading = """
        function f(name,  v) { if (!match($0, "\"" name "\":\"?[^\",}]+")) return ""; v = substr($0, RSTART, RLENGTH); sub("^\"" name "\":\"?", "", v); return v }
        function ts() { return f("ts") + 0 }
        """;

    public Random Random { get; } = new(seed);

    /// <summary>Nothing in it happens later.</summary>
    public long EndMs => endMs;

    /// <summary>Adds an event; fields whose value is null are left out.</summary>
    public void Add(string type, TimeSpan ago, params (string Name, object? Value)[] fields)
    {
        _lines.Append(CultureInfo.InvariantCulture, $"{{\"event_type\":\"{type}\",\"ts\":{endMs - (long)ago.TotalMilliseconds}");
        foreach (var (name, value) in fields)
        {
            if (value is string text) _lines.Append(CultureInfo.InvariantCulture, $",\"{name}\":\"{text}\"");
            else if (value is not null) _lines.Append(CultureInfo.InvariantCulture, $",\"{name}\":{value}");
        }

        _lines.Append("}\n");
    }

    /// <summary>One of a few words, the first ones most often.</summary>
    public string Pick(params string[] words) => words[Math.Min(Random.Next(words.Length), Random.Next(words.Length))];

    /// <summary>Writes what was added; returns where.</summary>
    public string Write()
    {
        File.WriteAllText(_path, _lines.ToString());
        return _path;
    }

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_path)!, recursive: true);
}
