using System.CommandLine;
using System.Text;
using Streamgauge.Events;

namespace Streamgauge.Cli;

/// <summary><c>--set field=value</c>: what is changed about events before they are retried.</summary>
internal sealed class FieldChanges
{
    private readonly Option<string[]> _set = new("--set")
    {
        Description = "Set a field before retrying: field=value. Without a value the field is taken away. May be given several times.",
        HelpName = "field=value",
        AllowMultipleArgumentsPerToken = false,
    };

    public FieldChanges(Command command) => command.Options.Add(_set);

    public IReadOnlyList<KeyValuePair<string, string>> Read(ParseResult parsed, List<string> problems)
    {
        var changes = new List<KeyValuePair<string, string>>();
        foreach (var text in parsed.GetValue(_set) ?? [])
        {
            var at = text.IndexOf('=', StringComparison.Ordinal);
            if (at < 0)
            {
                problems.Add($"--set must be field=value, was '{text}'.");
                continue;
            }

            var (name, value) = (text[..at], text[(at + 1)..]);
            var nameUtf8 = Encoding.UTF8.GetBytes(name);
            if (value.Length > 0 && (name.Length == 0 || nameUtf8.AsSpan().SequenceEqual(FrameFormat.EntryField) || nameUtf8.AsSpan().SequenceEqual(FieldNames.RetryMark)))
                problems.Add($"--set '{text}': '{name}' is no field of an event.");
            changes.Add(KeyValuePair.Create(name, value));
        }

        return changes;
    }
}
