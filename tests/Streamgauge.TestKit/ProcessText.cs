using System.Text;

namespace Streamgauge.TestKit;

/// <summary>What a process has written to one of its pipes so far. Readable while it runs.</summary>
internal sealed class ProcessText
{
    private readonly StringBuilder _text = new();
    private readonly Lock _gate = new();

    public string Text
    {
        get
        {
            lock (_gate) return _text.ToString();
        }
    }

    /// <summary>Completes when the pipe is closed by everyone who held it.</summary>
    public Task End { get; private set; } = Task.CompletedTask;

    public void Follow(TextReader reader) => End = Task.Run(() => ReadAsync(reader));

    private async Task ReadAsync(TextReader reader)
    {
        var buffer = new char[4096];
        while (await reader.ReadAsync(buffer) is var count and > 0)
        {
            lock (_gate) _text.Append(buffer, 0, count);
        }
    }
}
